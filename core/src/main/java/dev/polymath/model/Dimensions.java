package dev.polymath.model;

import dev.polymath.InputException;

/**
 * The sizes of a transformer encoder.
 *
 * @param width width of a hidden state
 * @param layers number of layers
 * @param heads attention heads of a layer; they share the width evenly
 * @param inner width inside a feed-forward block
 */
record Dimensions(int width, int layers, int heads, int inner) {
    /** @throws InputException if the heads cannot share the width evenly */
    Dimensions {
        if (width % heads != 0) {
            throw new InputException(
                    "config.json has a width of " + width + ", which " + heads + " heads cannot share evenly");
        }
    }

    /** From the keys that most architectures use. */
    static Dimensions of(Config config) {
        return new Dimensions(
                config.size("hidden_size"),
                config.size("num_hidden_layers"),
                config.size("num_attention_heads"),
                config.size("intermediate_size"));
    }

    /** Width of one head. */
    int head() {
        return width / heads;
    }
}
