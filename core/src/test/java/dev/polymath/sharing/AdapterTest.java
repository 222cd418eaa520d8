package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdapterTest {
    private final Backbone bert = Given.pretrained(new Fixture("bert")).backbone();

    @Test
    void itAddsWhatTheBottleneckMakesOfTheOutput() {
        SharingGroup group = Given.group("adapter", Map.of("width", 2, "activation", "relu"), "a", "b");
        Map<String, Array> weights = new LinkedHashMap<>();
        String site = group.ownPrefix() + "layer.1.ffn.out";
        // Of task b: from element 0 to waist 0 times 2, to waist 1 times 1; from waist 0 to element 3 times 10.
        weights.put(site + ".down", two(32, 2, 0, 2, 1, 1));
        weights.put(site + ".down.bias", Array.of(new float[] {0, 0, -1, 0.5f}, 2, 2));
        weights.put(site + ".up", two(2, 32, 3, 10, 32 + 4, 100));
        weights.put(site + ".up.bias", two(1, 32, 5, 7).reshaped(2, 32));
        float[] output = new float[2 * 32];
        output[0] = 3; // row 0, of task b: the waist is [2 * 3 - 1, 3 + 0.5]
        output[32] = -1; // row 1, of task b too: it is [-3, -0.5], of which nothing is left
        float[] actual = at(group, "layer.1.ffn.out", new Weights(weights), Array.of(output, 2, 1, 32));
        output[3] = 50;
        output[4] = 350;
        output[5] = 7;
        output[32 + 5] = 7;
        assertThat(actual).containsExactly(output, within(1e-5f));
    }

    @Test
    void placementsAreBehindBothSubLayersOrBehindTheSecond() {
        assertThat(sites(Map.of("placement", "houlsby")))
                .containsExactly(
                        "layer.0.attention.output", "layer.0.ffn.out", "layer.1.attention.output", "layer.1.ffn.out");
        assertThat(sites(Map.of("placement", "pfeiffer"))).containsExactly("layer.0.ffn.out", "layer.1.ffn.out");
    }

    private List<String> sites(Map<String, Object> knobs) {
        return Given.group("adapter", knobs, "a")
                .part()
                .own(new Start(bert, Weights.empty(), List.of("a")), "a", new SplittableRandom(1))
                .names()
                .stream()
                .filter(name -> name.endsWith(".up"))
                .map(name -> name.substring(0, name.length() - ".up".length()))
                .toList();
    }

    /** {@code [2, rows, columns]}, zero for the first task; for the second, pairs of an element and its value. */
    private static Array two(int rows, int columns, float... elements) {
        float[] values = new float[2 * rows * columns];
        for (int i = 0; i < elements.length; i += 2) values[rows * columns + (int) elements[i]] = elements[i + 1];
        return Array.of(values, 2, rows, columns);
    }

    private float[] at(SharingGroup group, String site, Weights weights, Array output) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return group.sites(bert, in.get(1)).at(ops, site, null, in.get(0));
            }
        };
        return OnnxEval.eval(program, weights, List.of(output, Array.of(new long[] {1, 1})))
                .floats();
    }
}
