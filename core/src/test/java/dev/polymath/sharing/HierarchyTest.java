package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
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

class HierarchyTest {
    private final Pretrained bert = Pretrained.open(new Fixture("bert").folder().toString(), 0);
    private final Backbone backbone = bert.backbone();
    private final SharingGroup group = Given.group("hierarchy", Map.of("layers", Map.of("pos", 1L)), "pos", "topic");

    @Test
    void aTaskReadsTheStateBehindItsLayerAndTheOthersTheLast() {
        Weights weights = bert.weights().with(group.initial(backbone, Weights.empty(), new SplittableRandom(1)));
        Program shared = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                Inputs<T> inputs = new Inputs<>(x.get(0), x.get(1), x.get(2));
                return backbone.hidden(ops, inputs, group.sites(backbone, x.get(3)))
                        .last();
            }
        };
        Program plain = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> x) {
                Inputs<T> inputs = new Inputs<>(x.get(0), x.get(1), x.get(2));
                List<T> states = backbone.hidden(ops, inputs, Sites.none()).layers();
                T first = ops.slice(states.get(1), 0, 0, 1);
                return ops.concat(0, List.of(first, ops.slice(states.get(2), 0, 1, 2)));
            }
        };
        Array ids = Array.of(new long[] {2, 7, 9, 3, 2, 8, 4, 3}, 2, 4);
        Array mask = Array.of(new long[] {1, 1, 1, 1, 1, 1, 1, 1}, 2, 4);
        Array types = Array.of(new long[8], 2, 4);
        float[] expected =
                OnnxEval.eval(plain, bert.weights(), List.of(ids, mask, types)).floats();
        assertThat(OnnxEval.eval(shared, weights, List.of(ids, mask, types, Array.of(new long[] {0, 1}, 2)))
                        .floats())
                .containsExactly(expected);
    }

    @Test
    void itsWeightsAreNotLearned() {
        Weights own = group.initial(backbone, Weights.empty(), new SplittableRandom(1));
        assertThat(own.names()).containsExactly("sharing.hierarchy.own.layer");
        assertThat(own.get("sharing.hierarchy.own.layer").floats()).containsExactly(1, 0, 0, 1);
        assertThat(group.learned("sharing.hierarchy.own.layer")).isEqualTo(Stage.NEVER);
        assertThat(group.learned("heads.pos.weight")).isNull();
    }

    @Test
    void anUnknownTaskAndALayerThatIsNotThereAreNamed() {
        Sharing part = group.part();
        part.check(backbone, List.of("pos", "topic"));
        assertThatThrownBy(() -> part.check(backbone, List.of("poss", "topic")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'pos'")
                .hasMessageContaining("did you mean 'poss'?");
        Sharing high = SharingParts.of(new PartSpec("hierarchy", Map.of("layers", Map.of("pos", 3L))));
        assertThatThrownBy(() -> high.check(backbone, List.of("pos")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'pos' behind layer 3")
                .hasMessageContaining("layers 1 to 2");
        assertThatThrownBy(() ->
                        high.own(new Start(backbone, Weights.empty(), List.of("pos")), "pos", new SplittableRandom(1)))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> SharingParts.of(new PartSpec("hierarchy", Map.of("layers", Map.of("pos", 1.5)))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("names of tasks to whole numbers from 1");
    }
}
