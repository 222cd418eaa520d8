package dev.polymath.sharing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Minilm;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What tests of sharing parts begin with. */
final class GivenSharing {
    private GivenSharing() {}

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

    /** Normal with mean 0, in the shapes of some weights. */
    static Weights normal(Weights like, double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return like.map(array -> Initial.normal(deviation, random, array.shape()));
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
}
