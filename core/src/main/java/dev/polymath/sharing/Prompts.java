package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.project.Knob;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.SplittableRandom;

/** How prompts begin, for the parts that put some before the text. */
final class Prompts {
    static final String RANDOM = "random";
    static final String VOCABULARY = "vocabulary";

    /** Half the width of the interval that Lester et al. draw random prompts from. */
    private static final double MOST = 0.5;

    /** What must be left for a text: a few words between special tokens. */
    private static final int LEAST_TEXT = 8;

    private Prompts() {}

    /** The knob that says how prompts begin. */
    static Knob knob() {
        return Knob.choice(
                "init",
                VOCABULARY,
                List.of(VOCABULARY, RANDOM),
                "a prompt begins as embeddings of random words of the vocabulary, or uniformly within 0.5 of 0");
    }

    /**
     * Fresh soft tokens, {@code [count, width]}.
     *
     * @param pretrained the backbone's weights
     * @param init the value of {@link #knob}
     */
    static Array fresh(Backbone backbone, Weights pretrained, String init, int count, SplittableRandom random) {
        if (init.equals(RANDOM)) return Initial.uniform(MOST, random, count, backbone.width());
        Array table = pretrained.get(backbone.wordEmbeddings());
        Array[] rows = new Array[count];
        for (int i = 0; i < count; i++) rows[i] = table.row(random.nextInt((int) table.shape()[0]));
        Array stacked = Array.stack(List.of(rows));
        // Of a checkpoint in half precision too: what is learned is F32.
        return Array.of(stacked.floats(), stacked.shape());
    }

    /** @throws InputException if a text has no room beside a prompt of so many tokens */
    static void requireRoom(Backbone backbone, int tokens) {
        if (backbone.maxTokens() - tokens >= LEAST_TEXT) return;
        throw new InputException("a prompt of " + tokens + " tokens leaves no room for a text: the backbone reads "
                + backbone.maxTokens() + " tokens; the prompt may have " + (backbone.maxTokens() - LEAST_TEXT));
    }
}
