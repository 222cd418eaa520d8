package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CovarianceAlignmentTest {
    private final SharingGroup group =
            new SharingGroup("covariance-alignment", new PartSpec("covariance-alignment", Map.of()), List.of("a", "b"));

    /** Two rows of two tokens of width 2; the first is task 1's and the second task 0's. */
    private final Array embeddings = Array.of(new float[] {1, 2, 3, 4, 1, 2, 3, 4}, 2, 2, 2);

    private final Array taskOfRow = Array.of(new long[] {1, 0}, 2);

    @Test
    void eachRowIsMultipliedByTheIdentityAndItsTasksDifference() {
        float[] differences = {0, 0, 0, 0, /* task 1 */ 0, 1, 0.5f, 0};
        Weights weights =
                new Weights(Map.of(group.ownPrefix() + CovarianceAlignment.WEIGHT, Array.of(differences, 2, 2, 2)));
        // (a, b) (1 1; 0.5 1) = (a + b / 2, a + b)
        assertThat(at("embeddings", weights)).containsExactly(2, 3, 5, 7, 1, 2, 3, 4);
        assertThat(at("layer.0.ffn.out", weights)).containsExactly(embeddings.floats());
    }

    @Test
    void aFreshOneChangesNothing() {
        Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
        int width = bert.backbone().width();
        Weights fresh = group.initial(bert.backbone(), bert.weights(), new SplittableRandom(1));
        assertThat(fresh.names()).hasSize(1);
        Array only = fresh.get(fresh.names().iterator().next());
        assertThat(only.shape()).containsExactly(2, width, width);
        assertThat(only.floats()).containsOnly(0);
        assertThat(bert.backbone().shapes().keySet()).doesNotContainAnyElementsOf(fresh.names());
    }

    private float[] at(String site, Weights weights) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                return ops.affine(group.sites(null, in.get(1)).at(ops, site, null, in.get(0)), 1, 0);
            }
        };
        return OnnxEval.eval(program, weights, List.of(embeddings, taskOfRow)).floats();
    }
}
