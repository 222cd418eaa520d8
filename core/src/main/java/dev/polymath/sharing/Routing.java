package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;

/**
 * A gate's choice of {@code top} experts. For logits {@code z [..., experts]}
 *
 * <pre>
 *   p = softmax(z),    share[e] = p[e] / sum of the chosen p,    and 0 where e is not among the top
 * </pre>
 *
 * The shares add up to 1, so that experts that are all alike give what one of them would give. The gradient is that of
 * {@code p} alone, the sum taken as a number: it reaches the logits of experts that were not chosen too, and the gate of a
 * single one, whose share is always 1.
 *
 * @param probabilities {@code p}
 * @param chosen 1 for the top experts, 0 for others
 */
record Routing<T>(T probabilities, T chosen, T shares) {
    static final Knob EXPERTS = Knob.whole("experts", 8, 1, 1024, "how many there are in a layer");
    static final Knob TOP = Knob.whole("top", 2, 1, 1024, "how many of them compute");
    static final Knob BALANCE = Knob.number("balance", 0.01, 0, 100, "weight of the load-balancing loss");

    static <T> Routing<T> of(Ops<T> ops, T logits, int top) {
        T probabilities = ops.softmax(ops.toFloat(logits), -1);
        T chosen = ops.top(probabilities, top);
        T kept = ops.multiply(probabilities, chosen);
        return new Routing<>(probabilities, chosen, ops.divide(kept, ops.detached(ops.sum(kept, -1, true))));
    }

    /**
     * The load-balancing loss, {@code experts * sum over e of f[e] P[e]}, with the fraction {@code f} of choices that fall
     * on an expert and the mean {@code P} of its probabilities: 1 where both are even, and more where some experts have
     * more of both. Fedus, Zoph and Shazeer 2022, <i>Switch Transformers</i>, arXiv:2101.03961, equation 4, which has it
     * of Lepikhin et al. 2021, <i>GShard</i>, arXiv:2006.16668.
     *
     * @param probabilities {@code [n, experts]}
     * @param chosen {@code [n, experts]}, {@code top} of each row
     * @return a scalar
     */
    static <T> T imbalance(Ops<T> ops, T probabilities, T chosen, int experts, int top) {
        T fractions = ops.scale(ops.mean(chosen, 0, false), 1.0 / top);
        return ops.scale(ops.total(ops.multiply(fractions, ops.mean(probabilities, 0, false))), experts);
    }

    /** @throws InputException if more shall compute than there are */
    static int top(String part, Knobs knobs) {
        int top = knobs.whole("top");
        int experts = knobs.whole("experts");
        if (top <= experts) return top;
        throw new InputException("sharing " + part + ": top is " + top + ", but there are " + experts
                + " experts; it must be at most as many");
    }
}
