package dev.polymath.model;

import dev.polymath.ops.Ops;
import java.util.List;
import java.util.Map;

/**
 * An encoder that turns tokens into hidden states. Stateless: its weights, under their Hugging Face names, come from
 * the interpreter.
 */
public interface Backbone {
    /** Hugging Face's {@code model_type}: {@code bert}, {@code roberta}, ... */
    String type();

    /** Width of a hidden state. */
    int width();

    /** Number of layers. */
    int layers();

    /** Number of attention heads of a layer. */
    int heads();

    /** The name of the weight that has a row for each token of the vocabulary, {@code [vocabulary, width]}. */
    String wordEmbeddings();

    /** The longest text it can read, in tokens, special tokens and a prompt included. */
    int maxTokens();

    /** Names of the sites where sharing parts may plug in, from the embeddings upwards. */
    List<String> sites();

    /** The linear maps that sharing parts may change, by the sites behind them, from below. */
    Map<String, Projection> projections();

    /**
     * What a feed-forward block does between its two projections: the activation, and the gating where there is such.
     *
     * @param inner what the projection {@code ffn.in} gave, {@code [..., out]}
     * @return what the projection {@code ffn.out} reads, {@code [..., in]}
     */
    <T> T activated(Ops<T> ops, T inner);

    /** The names and shapes of the weights it needs. */
    Map<String, long[]> shapes();

    /** The hidden states of a text's tokens after the embeddings and after each layer. */
    default <T> Hidden<T> hidden(Ops<T> ops, Inputs<T> inputs, Sites<T> sites) {
        return hidden(ops, inputs, sites, Reading.range(0, layers()));
    }

    /**
     * What is read of a pass, which goes no higher than that.
     *
     * @param reading of layers and heads that there are
     */
    <T> Hidden<T> hidden(Ops<T> ops, Inputs<T> inputs, Sites<T> sites, Reading reading);

    /**
     * The state behind the lowest layers with nothing plugged in: what {@link #above} goes on from, for as many sharing parts
     * as leave these layers as they are.
     *
     * @param layers how many of them, 0 for the embeddings alone
     * @return {@code [rows, tokens, width]}
     */
    <T> T below(Ops<T> ops, Inputs<T> inputs, int layers);

    /**
     * The hidden states from {@link #below} upwards, its own the first.
     *
     * @param mask as {@link Inputs} has it
     * @param sites with nothing at the embeddings and in the lowest layers, and no prompt
     * @param layers how many layers lie below
     */
    <T> Hidden<T> above(Ops<T> ops, T state, T mask, Sites<T> sites, int layers);
}
