package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Inputs;
import dev.polymath.model.Prompt;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import java.util.List;

/** Puts experts in the place of feed-forward blocks. Padding passes through none. Of one pass. */
abstract class ExpertSites<T> implements Sites<T> {
    private final Experts experts;
    private final Backbone backbone;
    private final RowWeights<T> weights;
    private final List<Integer> layers;
    private T mask;

    ExpertSites(Experts experts, Backbone backbone, RowWeights<T> weights) {
        this.experts = experts;
        this.backbone = backbone;
        this.weights = weights;
        this.layers = experts.layers(backbone);
    }

    /**
     * How much each expert counts for a token; asked once a layer, from below.
     *
     * @param input what the block reads, {@code [rows, tokens, width]}
     * @return {@code [rows, tokens, experts]}, or with one axis of tokens for all of a row
     */
    abstract T shares(Ops<T> ops, int layer, T input);

    @Override
    public T at(Ops<T> ops, String site, T input, T output) {
        return output;
    }

    /** No prompt; what it is told of the text is kept. */
    @Override
    public Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
        mask = inputs.mask();
        return Sites.super.prompt(ops, inputs, words);
    }

    @Override
    public T instead(Ops<T> ops, String site, T input) {
        for (int layer : layers) {
            if (!site.equals("layer." + layer + ".ffn")) continue;
            T tokens = ops.toFloat(ops.reshape(mask, 0, 0, 1));
            return experts.at(ops, backbone, weights, layer, input, ops.multiply(shares(ops, layer, input), tokens));
        }
        return null;
    }

    /** The layers with experts, from below. */
    List<Integer> layers() {
        return layers;
    }

    /** 1 for a token and 0 for padding, integers {@code [rows, tokens]}. */
    T mask() {
        return mask;
    }
}
