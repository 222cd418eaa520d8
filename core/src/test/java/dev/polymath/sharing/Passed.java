package dev.polymath.sharing;

import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
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
        Pretrained pretrained = Pretrained.open(new Fixture(fixture).folder().toString(), 0);
        PartSpec spec = SharingParts.CATALOGUE.complete(new PartSpec(part, knobs));
        SharingGroup group = new SharingGroup(part, spec, List.of("a", "b", "c"));
        Weights own = group.initial(pretrained.backbone(), pretrained.weights(), new SplittableRandom(1));
        return new Passed(pretrained, group, pretrained.weights().with(own));
    }

    /** With normal numbers in the place of the part's learned weights. */
    Passed random(long seed, double deviation) {
        SplittableRandom random = new SplittableRandom(seed);
        Weights all = weights.filter(
                        name -> name.startsWith(SharingGroup.PREFIX) && !Stage.NEVER.equals(group.learned(name)))
                .map(array -> Initial.normal(deviation, random, array.shape()));
        return with(all);
    }

    Passed with(Weights others) {
        return new Passed(pretrained, group, weights.with(others));
    }

    /** Those of the last layer for each text's own tokens. */
    List<float[]> states(List<String> texts, long... tasks) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), in.get(2));
                return pretrained
                        .backbone()
                        .hidden(ops, inputs, group.sites(pretrained.backbone(), in.get(3)))
                        .last();
            }
        };
        List<Encoding> encodings;
        TokenBatch batch;
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            encodings = tokenizer.encodeAll(texts, 30);
            batch = TokenBatch.of(encodings, tokenizer.padId());
        }
        float[] all = OnnxEval.eval(
                        program, weights, List.of(batch.ids(), batch.mask(), batch.types(), Array.of(tasks)))
                .floats();
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
