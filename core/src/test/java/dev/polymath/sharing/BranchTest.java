package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BranchTest {
    private static final int LEVELS = 3;
    private static final int BRANCHES = 4;
    private static final Map<String, Object> KNOBS =
            Map.of("levels", (long) LEVELS, "branches", (long) BRANCHES, "stage", 0.5, "rank", 2L);
    private static final String[] TASKS = {"a", "b", "c", "d", "e"};

    private final Backbone backbone = Given.backbone(2, 3);
    private final SharingGroup group = Given.group("branch", KNOBS, TASKS);
    private final Branch part = (Branch) group.part();

    @Test
    void onceTheTreeIsFixedEachRowFollowsExactlyOnePathAndTasksThatPartStayParted() {
        boolean parted = false;
        boolean together = false;
        for (int seed = 0; seed < 20; seed++) {
            Weights weights = random(seed);
            float[][] shares = shares(weights, seed % 2 == 0 ? null : new Learning(0.5, seed));
            int[][] path = new int[TASKS.length][];
            for (int task = 0; task < TASKS.length; task++) {
                path[task] = path(weights, TASKS[task]);
                float[] expected = new float[LEVELS * BRANCHES];
                for (int level = 0; level < LEVELS; level++) expected[level * BRANCHES + path[task][level]] = 1;
                assertThat(shares[task]).containsExactly(expected);
            }
            for (int[] one : path) {
                for (int[] other : path) {
                    for (int level = 1; level < LEVELS; level++) {
                        boolean below = one[level - 1] != other[level - 1];
                        if (below) assertThat(one[level]).isNotEqualTo(other[level]);
                        parted |= below;
                        together |= !below && one[level] != other[level];
                    }
                }
            }
        }
        assertThat(parted).isTrue();
        assertThat(together).isTrue();
    }

    @Test
    void ofEqualLogitsTheFirstIsChosen() {
        Weights equal = random(1).map(array -> Array.zeros(array.shape()));
        for (float[] shares : shares(equal, null)) {
            assertThat(shares).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0);
        }
    }

    @Test
    void inTheFirstStageATreeIsDrawnByTheSeedAndCoolsDown() {
        Weights weights = random(1);
        float[][] warm = shares(weights, new Learning(0, 7));
        assertThat(shares(weights, new Learning(0, 7))).isEqualTo(warm);
        assertThat(shares(weights, new Learning(0, 8))).isNotEqualTo(warm);
        double most = 0;
        double mostCold = 0;
        for (int seed = 0; seed < 20; seed++) {
            most += greatest(shares(weights, new Learning(0, seed))) / 20;
            mostCold += greatest(shares(weights, new Learning(0.499, seed))) / 20;
        }
        assertThat(most).isLessThan(0.5);
        assertThat(mostCold).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aRowReadsTheVersionsOnItsPathAndNoOther(int rank) {
        SharingGroup one = Given.group("branch", with("rank", (long) rank), TASKS);
        String weight = "layer.1.attention.query." + (rank == 0 ? "difference" : "up");
        Weights weights = Given.normal(one.initial(backbone, Weights.empty(), new SplittableRandom(1)), 1, 3);
        Array x = Array.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
        float[] before = Given.at(one, backbone, weights, null, "layer.1.attention.query", x, 0);
        Branch branch = (Branch) one.part();
        int passed = branch.path(shared(one, weights), one.own(weights, "a")).get(1);
        for (int j = 0; j < BRANCHES; j++) {
            Weights changed = weights.with(new Weights(
                    Map.of(one.sharedPrefix() + weight, changed(weights.get(one.sharedPrefix() + weight), j, rank))));
            float[] after = Given.at(one, backbone, changed, null, "layer.1.attention.query", x, 0);
            if (j == passed) assertThat(after).isNotEqualTo(before);
            else assertThat(after).containsExactly(before);
        }
    }

    /** The product for one version by hand, the path being the only one there is. */
    @Test
    void aVersionsDifferenceIsAddedToTheProjection() {
        Weights random = random(5);
        int level1 = path(random, "b")[1];
        Array down = random.get(group.sharedPrefix() + "layer.1.attention.query.down");
        Array up = random.get(group.sharedPrefix() + "layer.1.attention.query.up");
        Array x = Array.of(new float[] {3, -1}, 1, 1, 2);
        float[] expected = {3, -1};
        for (int r = 0; r < 2; r++) {
            int column = level1 * 2 + r;
            float waist = 3 * down.floats()[column] - down.floats()[BRANCHES * 2 + column];
            for (int o = 0; o < 2; o++) expected[o] += waist * up.floats()[column * 2 + o];
        }
        assertThat(Given.at(group, backbone, random, null, "layer.1.attention.query", x, 1))
                .containsExactly(expected, within(1e-5f));
    }

    @Test
    void aFreshOneChangesNothing() {
        Weights fresh = group.initial(backbone, Weights.empty(), new SplittableRandom(1));
        Array x = Array.of(new float[] {1, 2, 3, 4}, 2, 1, 2);
        for (Learning learning : new Learning[] {null, new Learning(0.1, 1)}) {
            assertThat(Given.at(group, backbone, fresh, learning, "layer.2.attention.value", x, 3, 1))
                    .containsExactly(x.floats());
        }
    }

    @Test
    void theTreeIsLearnedInTheFirstStageAndWeightsInBoth() {
        assertThat(group.learned(group.ownPrefix() + "leaf")).isEqualTo(new Stage(0, 0.5));
        assertThat(group.learned(group.sharedPrefix() + "parents.1")).isEqualTo(new Stage(0, 0.5));
        assertThat(group.learned(group.sharedPrefix() + "layer.0.attention.query.up"))
                .isEqualTo(Stage.ALWAYS);
        assertThat(part.joins()).isFalse();
    }

    @Test
    void moreLevelsThanLayersAreRefused() {
        assertThatThrownBy(() -> part.check(Given.backbone(2, 2), List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("levels is 3")
                .hasMessageContaining("2 layers");
    }

    private Weights random(int seed) {
        return Given.normal(group.initial(backbone, Weights.empty(), new SplittableRandom(1)), 1, seed);
    }

    private static Map<String, Object> with(String knob, Object value) {
        Map<String, Object> knobs = new LinkedHashMap<>(KNOBS);
        knobs.put(knob, value);
        return knobs;
    }

    private int[] path(Weights weights, String task) {
        return part.path(shared(group, weights), group.own(weights, task)).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Weights shared(SharingGroup group, Weights weights) {
        Map<String, Array> shared = new LinkedHashMap<>();
        group.shared(weights)
                .asMap()
                .forEach((name, array) ->
                        shared.put(name.substring(group.sharedPrefix().length()), array));
        return new Weights(shared);
    }

    /** Shares of the branches a task, level after level. */
    private float[][] shares(Weights weights, Learning learning) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                RowWeights<T> rows = new RowWeights<>(
                        TASKS.length,
                        in.get(0),
                        learning,
                        (o, name) -> o.weight(group.sharedPrefix() + name),
                        (o, name) -> o.weight(group.ownPrefix() + name));
                return ops.concat(1, part.paths(ops, rows));
            }
        };
        Array shares = OnnxEval.eval(program, weights, List.of(Array.of(new long[] {0, 1, 2, 3, 4}, 5)));
        float[][] byTask = new float[TASKS.length][];
        for (int task = 0; task < byTask.length; task++)
            byTask[task] = shares.row(task).floats();
        return byTask;
    }

    /** The mean over tasks of the greatest share at the top. */
    private static double greatest(float[][] shares) {
        double sum = 0;
        for (float[] task : shares) {
            double greatest = 0;
            for (int j = 0; j < BRANCHES; j++) greatest = Math.max(greatest, task[(LEVELS - 1) * BRANCHES + j]);
            sum += greatest / shares.length;
        }
        return sum;
    }

    /** A weight with the numbers of one branch replaced. */
    private static Array changed(Array weight, int branch, int rank) {
        float[] values = weight.floats();
        int width = 2;
        for (int i = 0; i < values.length; i++) {
            int of = rank == 0 ? i / width % BRANCHES : i / width / rank;
            if (of == branch) values[i] += 1;
        }
        return Array.of(values, weight.shape());
    }
}
