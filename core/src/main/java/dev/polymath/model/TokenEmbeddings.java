package dev.polymath.model;

import dev.polymath.ops.Ops;
import java.util.Map;

/**
 * {@code LayerNorm(word[id] + position[p + offset] (+ segment[type]))}: {@code ids [rows, tokens]} to {@code [rows,
 * tokens, width]}, as BERT and its relatives begin. Devlin et al. 2019, arXiv:1810.04805.
 *
 * @param width width of a hidden state
 * @param vocabulary number of token ids
 * @param positions rows of the position table
 * @param offset the row of the first token; those before it belong to padding
 * @param segments how many segments the table of segments has; 0: there is no such table
 * @param distinct whether the second text gets a segment of its own (else every token gets the first)
 * @param epsilon added to the variance in the layer norm
 */
record TokenEmbeddings(
        int width, int vocabulary, int positions, int offset, int segments, boolean distinct, double epsilon) {
    static final String WORD = "embeddings.word_embeddings.weight";
    private static final String POSITION = "embeddings.position_embeddings.weight";
    private static final String SEGMENT = "embeddings.token_type_embeddings.weight";
    private static final String NORM = "embeddings.LayerNorm.";

    /** The longest text it has positions for, in tokens. */
    int maxTokens() {
        return positions - offset;
    }

    void shapes(Map<String, long[]> shapes) {
        shapes.put(WORD, new long[] {vocabulary, width});
        shapes.put(POSITION, new long[] {positions, width});
        if (segments > 0) shapes.put(SEGMENT, new long[] {segments, width});
        shapes.put(NORM + "weight", new long[] {width});
        shapes.put(NORM + "bias", new long[] {width});
    }

    /** The text's words, {@code [rows, text, width]}. */
    <T> T words(Ops<T> ops, Inputs<T> inputs) {
        return ops.gather(ops.weight(WORD), inputs.ids());
    }

    /** The embeddings of a prompt and a text's words. */
    <T> T of(Ops<T> ops, Inputs<T> inputs, T words, Prompt<T> prompt) {
        T table = ops.weight(POSITION);
        if (offset > 0) table = ops.slice(table, 0, offset, Long.MAX_VALUE);
        // Padding is on the right: a token's position is its index, whatever the mask.
        T all = prompt.before(ops, words);
        T sum = ops.add(all, ops.gather(table, ops.positions(all)));
        if (segments > 0) {
            T segment = ops.weight(SEGMENT);
            sum = ops.add(
                    sum,
                    distinct ? ops.gather(segment, prompt.types(ops, inputs.types())) : ops.slice(segment, 0, 0, 1));
        }
        return ops.layerNorm(sum, ops.weight(NORM + "weight"), ops.weight(NORM + "bias"), epsilon);
    }
}
