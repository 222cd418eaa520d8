package dev.polymath.sharing;

import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Texts passed through a tiny backbone with a group's part in it. */
record Passed(Pretrained pretrained, SharingGroup group, Weights weights) {
    /** Tasks {@code a}, {@code b} and {@code c} with fresh weights. */
    static Passed fresh(String fixture, String part, Map<String, Object> knobs) {
        Pretrained pretrained = Given.pretrained(new Fixture(fixture));
        PartSpec spec = SharingParts.CATALOGUE.complete(new PartSpec(part, knobs));
        SharingGroup group = new SharingGroup(part, spec, List.of("a", "b", "c"));
        Weights own = group.initial(pretrained.backbone(), pretrained.weights(), new SplittableRandom(1));
        return new Passed(pretrained, group, pretrained.weights().with(own));
    }

    /** With normal numbers in the place of the part's learned weights. */
    Passed random(long seed, double deviation) {
        Weights learned = weights.filter(
                name -> name.startsWith(SharingGroup.PREFIX) && !Stage.NEVER.equals(group.learned(name)));
        return with(Given.normal(learned, deviation, seed));
    }

    Passed with(Weights others) {
        return new Passed(pretrained, group, weights.with(others));
    }

    /** Those of the last layer for each text's own tokens. */
    List<float[]> states(List<String> texts, long... tasks) {
        List<Encoding> encodings;
        TokenBatch batch;
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            encodings = tokenizer.encodeAll(texts, 30);
            batch = TokenBatch.of(encodings, tokenizer.padId());
        }
        List<Array> inputs = List.of(batch.ids(), batch.mask(), batch.types());
        float[] all = Given.states(pretrained, group, weights, inputs, tasks);
        int width = pretrained.backbone().width();
        int row = all.length / texts.size();
        List<float[]> states = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            states.add(
                    Arrays.copyOfRange(all, i * row, i * row + encodings.get(i).length() * width));
        }
        return states;
    }

    static boolean finite(float[] values) {
        for (float value : values) if (!Float.isFinite(value)) return false;
        return true;
    }
}
