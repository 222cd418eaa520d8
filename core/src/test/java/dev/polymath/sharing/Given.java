package dev.polymath.sharing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Minilm;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What tests of sharing parts begin with: hidden states of a few texts on a tiny backbone. */
public final class Given {
    private static final List<String> TEXTS = List.of(
            "Where is my refund?",
            "The train to Paris leaves at seven in the morning.",
            "Water",
            "How do I change the address on my account?",
            "Cats sleep most of the day.");

    private Given() {}

    static Pretrained pretrained(Fixture fixture) {
        return Pretrained.open(fixture.folder().toString(), 0);
    }

    /** A BERT with states narrow enough to compute by hand. */
    static Backbone backbone(int width, int layers) {
        ObjectNode config = Minilm.config();
        config.put("hidden_size", width)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", 1)
                .put("intermediate_size", width)
                .put("vocab_size", 10);
        return Backbones.of(config, 0);
    }

    static SharingGroup group(String part, Map<String, Object> knobs, String... tasks) {
        return new SharingGroup(part, new PartSpec(part, knobs), List.of(tasks));
    }

    /** Fresh weights with some of them replaced. */
    static Weights weights(SharingGroup group, Backbone backbone, Map<String, float[]> others) {
        Weights fresh = group.initial(backbone, Weights.empty(), new SplittableRandom(1));
        Map<String, Array> all = new LinkedHashMap<>(fresh.asMap());
        others.forEach((name, values) -> {
            String full = fresh.has(group.ownPrefix() + name) ? group.ownPrefix() + name : group.sharedPrefix() + name;
            all.put(full, Array.of(values, fresh.get(full).shape()));
        });
        return new Weights(all);
    }

    /** Weights of the same names and shapes, drawn from a normal distribution. */
    static Weights normal(Weights like, double deviation) {
        return normal(like, deviation, 5);
    }

    /** As {@link #normal(Weights, double)}, by another seed. */
    static Weights normal(Weights like, double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return like.map(array -> Initial.normal(deviation, random, array.shape()));
    }

    /** A group's weights, all of them random. */
    static Weights normal(SharingGroup group, Pretrained pretrained, double deviation) {
        return normal(group.initial(pretrained.backbone(), pretrained.weights(), new SplittableRandom(1)), deviation);
    }

    /** Five texts of different lengths, with room for a prompt before them. */
    static List<Array> texts(Pretrained pretrained) {
        return texts(pretrained, TEXTS, 18);
    }

    /** Token ids, mask and segments {@code [rows, tokens]} of some texts. */
    public static List<Array> texts(Pretrained pretrained, List<String> texts) {
        return texts(pretrained, texts, pretrained.backbone().maxTokens());
    }

    private static List<Array> texts(Pretrained pretrained, List<String> texts, int most) {
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            TokenBatch batch = TokenBatch.of(tokenizer.encodeAll(texts, most), tokenizer.padId());
            return List.of(batch.ids(), batch.mask(), batch.types());
        }
    }

    /** Some rows of {@link #texts}, with their padding. */
    static List<Array> rows(List<Array> texts, List<Integer> rows) {
        return texts.stream()
                .map(array -> Array.stack(rows.stream().map(array::row).toList()))
                .toList();
    }

    /** The last hidden states of a backbone alone. */
    static float[] plain(Pretrained pretrained, Weights weights, List<Array> texts) {
        return OnnxEval.eval(new States(pretrained.backbone(), null), weights, texts)
                .floats();
    }

    static float[] plain(Pretrained pretrained, List<Array> texts) {
        return plain(pretrained, pretrained.weights(), texts);
    }

    /**
     * The last hidden states of a backbone with a part plugged in.
     *
     * @param weights the group's
     * @param taskOfRow the position of each row's task
     */
    public static float[] states(
            Pretrained pretrained, SharingGroup group, Weights weights, List<Array> texts, long... taskOfRow) {
        List<Array> inputs = new ArrayList<>(texts);
        inputs.add(Array.of(taskOfRow));
        Weights all = pretrained.weights().with(weights);
        return OnnxEval.eval(new States(pretrained.backbone(), group), all, inputs)
                .floats();
    }

    /**
     * What a group's part makes of a sub-computation at a site.
     *
     * @param x both what went in there and what came out
     * @param learning null where nothing is learned
     */
    static float[] at(
            SharingGroup group,
            Backbone backbone,
            Weights weights,
            Learning learning,
            String site,
            Array x,
            long... taskOfRow) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return ops.affine(group.sites(backbone, in.get(1), learning).at(ops, site, in.get(0), in.get(0)), 1, 0);
            }
        };
        return OnnxEval.eval(program, weights, List.of(x, Array.of(taskOfRow, taskOfRow.length)))
                .floats();
    }

    /** Row {@code row} of {@code rows} that lie one after another. */
    static float[] row(float[] states, int row, int rows) {
        int size = states.length / rows;
        return Arrays.copyOfRange(states, row * size, (row + 1) * size);
    }

    private record States(Backbone backbone, SharingGroup group) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> x) {
            Sites<T> sites = group == null ? Sites.none() : group.sites(backbone, x.get(3));
            return backbone.hidden(ops, new Inputs<>(x.get(0), x.get(1), x.get(2)), sites)
                    .last();
        }
    }
}
