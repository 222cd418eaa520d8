package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Inputs;
import dev.polymath.model.Prompt;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Semi-parametric prompt tuning: beside its task's own soft tokens {@code P[t] [tokens, width]}, each row gets a prompt that
 * is retrieved by what it says from a memory that all tasks share: {@code memory} prompts {@code M[m] [retrieved, width]}
 * with keys {@code k[m] [width]},
 *
 * <pre>
 *   q = mean of the text's word embeddings
 *   h = backbone([P[t]; sum_m a[m] M[m]; words]),    a = softmax(cosine(q, k) / temperature)
 * </pre>
 *
 * on a frozen backbone. Knobs: {@code tokens} (10), {@code retrieved} (10), {@code memory} (32), {@code temperature} (0.05),
 * {@code init} as {@link TaskPrompt} has it; keys always begin as random words' embeddings, so that they lie where queries
 * do. The longest text shrinks by {@code tokens + retrieved}. Bari et al. 2022, <i>SPT: Semi-Parametric Prompt Tuning for
 * Multitask Prompted Learning</i>, arXiv:2212.10929.
 *
 * <p>What differs: the paper's queries are the written prompts of its tasks, for which the texts themselves stand here, and
 * it retrieves the nearest entries of its memory. Here entries are mixed by how near they are, in learning as in serving, so
 * that the keys have a gradient and both compute the same; towards a temperature of 0 the nearest alone remains.
 */
public final class PromptMemory implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole(
                "tokens", 10, 1, 4096, "each task's own soft tokens before the text, which shorten the longest text"),
        Knob.whole("retrieved", 10, 1, 4096, "soft tokens of a prompt in the memory, which shorten the longest text"),
        Knob.whole("memory", 32, 1, 65536, "prompts in the memory"),
        Knob.number("temperature", 0.05, 1e-3, 1e3, "the nearer prompts count the more, the lower it is"),
        Prompts.knob()
    };

    static final String OWN = "prompt";
    static final String KEYS = "memory.keys";
    static final String PROMPTS = "memory.prompts";

    /** Keeps cosines of zeros from being no number. */
    private static final double EPSILON = 1e-12;

    private final int tokens;
    private final int retrieved;
    private final int memory;
    private final double temperature;
    private final String init;

    PromptMemory(Knobs knobs) {
        this.tokens = knobs.whole("tokens");
        this.retrieved = knobs.whole("retrieved");
        this.memory = knobs.whole("memory");
        this.temperature = knobs.number("temperature");
        this.init = knobs.choice("init");
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public int promptTokens() {
        return tokens + retrieved;
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Prompts.requireRoom(backbone, promptTokens());
        return new Weights(Map.of(
                KEYS,
                Prompts.fresh(backbone, start.pretrained(), Prompts.VOCABULARY, memory, random),
                PROMPTS,
                Prompts.fresh(backbone, start.pretrained(), init, memory * retrieved, random)
                        .reshaped(memory, retrieved, backbone.width())));
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        return new Weights(Map.of(OWN, Prompts.fresh(backbone, start.pretrained(), init, tokens, random)));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        int width = backbone.width();
        return new PromptSites<>() {
            @Override
            public Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
                T nearness = nearness(ops, query(ops, inputs, words), weights.shared(ops, KEYS), width);
                T prompts = ops.reshape(weights.shared(ops, PROMPTS), memory, (long) retrieved * width);
                T mixed = ops.reshape(ops.matmul(nearness, prompts), 0, retrieved, width);
                return new Prompt<>(promptTokens(), ops.concat(1, List.of(weights.own(ops, OWN), ops.toFloat(mixed))));
            }
        };
    }

    /** The mean of a text's words, {@code [rows, width]}. */
    private static <T> T query(Ops<T> ops, Inputs<T> inputs, T words) {
        T mask = ops.reshape(ops.toFloat(inputs.mask()), 0, 0, 1);
        T sum = ops.sum(ops.multiply(words, mask), 1, false);
        return ops.divide(sum, ops.atLeast(ops.sum(mask, 1, false), 1));
    }

    /** How much each of the memory's prompts counts for each row, {@code [rows, memory]}. */
    private <T> T nearness(Ops<T> ops, T query, T keys, int width) {
        T rows = ops.reshape(unit(ops, query), 0, 1, width);
        // Not a product of matrices, which half precision would round more than a low temperature bears.
        T cosines = ops.sum(ops.multiply(rows, unit(ops, keys)), 2, false);
        return ops.softmax(ops.scale(cosines, 1 / temperature), 1);
    }

    private static <T> T unit(Ops<T> ops, T x) {
        T squares = ops.sum(ops.multiply(x, x), 1, true);
        return ops.divide(x, ops.sqrt(ops.affine(squares, 1, EPSILON)));
    }
}
