package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch whose rows are of several tasks gives each row what a batch of its task alone gives it. */
class MixedBatchTest {
    private static final List<String> TASKS = List.of("a", "b", "c");
    private static final int[] TASK_OF_ROW = {2, 0, 1, 2, 0};
    private static final int TOKENS = 7;

    private final Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);

    static Stream<PartSpec> parts() {
        Stream<PartSpec> all =
                SharingParts.CATALOGUE.parts().stream().map(Part::name).map(name -> new PartSpec(name, Map.of()));
        return Stream.concat(
                all,
                Stream.of(
                        new PartSpec("hierarchy", Map.of("layers", Map.of("b", 1L))),
                        new PartSpec("fusion", Map.of("form", "gated")),
                        new PartSpec("fusion", Map.of("rank", 0L)),
                        new PartSpec("branch", Map.of("rank", 0L)),
                        new PartSpec("adapter-fusion", Map.of("value", false))));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void itGivesEachRowWhatABatchOfItsTaskDoes(PartSpec spec) {
        SharingGroup group = new SharingGroup(spec.type(), spec, TASKS);
        Weights weights = bert.weights()
                .with(GivenSharing.normal(
                        group.initial(bert.backbone(), bert.weights(), new SplittableRandom(1)), 0.3, 2));
        float[][] mixed =
                states(group, weights, TASK_OF_ROW, IntStream.range(0, 5).toArray());
        for (int task = 0; task < TASKS.size(); task++) {
            int own = task;
            int[] rows =
                    IntStream.range(0, 5).filter(row -> TASK_OF_ROW[row] == own).toArray();
            float[][] alone = states(group, weights, TASK_OF_ROW, rows);
            for (int i = 0; i < rows.length; i++) {
                for (int k = 0; k < alone[i].length; k++) {
                    float most = 1e-5f * Math.max(1, Math.abs(alone[i][k]));
                    assertThat(mixed[rows[i]][k]).isCloseTo(alone[i][k], within(most));
                }
            }
        }
        float[] ofAnother = states(group, weights, new int[] {1}, 0)[0];
        assertThat(Arrays.equals(mixed[0], ofAnother)).isEqualTo(spec.type().equals("hard"));
    }

    /** The last states of some rows, without those of the padding. */
    private float[][] states(SharingGroup group, Weights weights, int[] taskOfRow, int... rows) {
        long[] ids = new long[rows.length * TOKENS];
        long[] mask = new long[ids.length];
        long[] tasks = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            tasks[i] = taskOfRow[rows[i]];
            for (int token = 0; token < length(rows[i]); token++) {
                ids[i * TOKENS + token] = 5 + rows[i] * 11 + token * 3;
                mask[i * TOKENS + token] = 1;
            }
        }
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                Inputs<T> inputs = new Inputs<>(x.get(0), x.get(1), x.get(2));
                return bert.backbone()
                        .hidden(ops, inputs, group.sites(bert.backbone(), x.get(3)))
                        .last();
            }
        };
        List<Array> inputs = new ArrayList<>();
        inputs.add(Array.of(ids, rows.length, TOKENS));
        inputs.add(Array.of(mask, rows.length, TOKENS));
        inputs.add(Array.of(new long[ids.length], rows.length, TOKENS));
        inputs.add(Array.of(tasks, rows.length));
        Array states = OnnxEval.eval(program, weights, inputs);
        float[][] byRow = new float[rows.length][];
        int perToken = bert.backbone().width();
        for (int i = 0; i < rows.length; i++) {
            byRow[i] = Arrays.copyOf(states.row(i).floats(), length(rows[i]) * perToken);
        }
        return byRow;
    }

    private static int length(int row) {
        return 3 + row;
    }
}
