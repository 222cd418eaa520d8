package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TaskRoutedExpertsTest {
    private static final String PREFIX = "sharing.task-moe.shared.";
    private static final List<String> TEXTS = List.of("where is my refund", "to Paris");

    private final Passed all = Passed.fresh("modernbert", "task-moe", Map.of("experts", 6, "every", 1))
            .random(3, 0.3);

    @Test
    void aTaskComputesItsExpertsAndNoOthers() {
        for (int task = 0; task < 3; task++) {
            Map<Integer, List<Integer>> used = used(task);
            for (int layer = 0; layer < 3; layer++) {
                assertThat(used.get(layer)).hasSize(2);
                for (int expert = 0; expert < 6; expert++) {
                    String prefix = "layer." + layer + ".expert." + expert;
                    Weights broken = MixtureOfExpertsTest.broken(all, "expert." + expert)
                            .filter(name -> name.startsWith(PREFIX + prefix + "."));
                    float[] states = all.with(broken).states(TEXTS, task, task).get(0);
                    assertThat(Passed.finite(states))
                            .as("task %d without %s", task, prefix)
                            .isEqualTo(!used.get(layer).contains(expert));
                }
            }
        }
    }

    @Test
    void aModelOfOneTaskHasNoOthersExperts() {
        SharingGroup.Alone alone = all.group().alone(all.pretrained().backbone(), all.weights(), "b");
        Weights shared = alone.group().shared(alone.weights());
        TreeSet<String> experts = new TreeSet<>();
        for (String name : shared.names()) {
            if (name.contains(".expert.")) experts.add(name.replaceAll(".*\\.(expert\\.\\d+)\\..*", "$1"));
        }
        assertThat(experts).containsExactly("expert.0", "expert.1");
        assertThat(3 * shared.parameters())
                .isEqualTo(all.group().shared(all.weights()).parameters());
        for (int layer = 0; layer < 3; layer++) {
            int second = used(1).get(layer).get(1);
            assertThat(shared.get(PREFIX + "layer." + layer + ".expert.1.out.up"))
                    .isEqualTo(all.weights().get(PREFIX + "layer." + layer + ".expert." + second + ".out.up"));
        }
        assertThat(alone.group().spec().knobs()).containsEntry("experts", 2.0).containsEntry("top", 2.0);
    }

    @Test
    void theLossAddedIsOverTheTasksWhicheverAreInTheBatch() {
        double only = penalty(new long[] {0});
        assertThat(penalty(new long[] {2, 1, 1})).isCloseTo(only, within(1e-6));
        assertThat(only).isGreaterThan(0.01 * 3 * 0.9);
    }

    private Map<Integer, List<Integer>> used(int task) {
        TaskRoutedExperts part = (TaskRoutedExperts) all.group().part();
        Map<String, Array> shared = new LinkedHashMap<>();
        all.group()
                .shared(all.weights())
                .asMap()
                .forEach((name, array) -> shared.put(name.substring(PREFIX.length()), array));
        Weights own = all.group().own(all.weights(), all.group().tasks().get(task));
        return part.used(all.pretrained().backbone(), new Weights(shared), own);
    }

    private double penalty(long[] rows) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return all.group().sites(all.pretrained().backbone(), in.get(0)).penalty(ops);
            }
        };
        return OnnxEval.eval(program, all.weights(), List.of(Array.of(rows))).floats()[0];
    }
}
