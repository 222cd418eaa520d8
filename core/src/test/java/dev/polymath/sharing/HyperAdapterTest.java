package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HyperAdapterTest {
    private final Sharing hyper =
            Given.group("hyper", Map.of("embedding", 10), "a").part();

    @Test
    void onlyTheTableOfLayersGrowsWithThem() {
        Weights two = shared(2);
        Weights twelve = shared(12);
        assertThat(twelve.names()).isEqualTo(two.names());
        for (String name : two.names()) {
            if (name.equals(HyperAdapter.LAYERS)) continue;
            assertThat(twelve.get(name).shape())
                    .as(name)
                    .isEqualTo(two.get(name).shape());
        }
        assertThat(twelve.parameters() - two.parameters()).isEqualTo(10 * 10);
    }

    @Test
    void aTaskHasNothingOfItsOwnButItsEmbedding() {
        Weights own = hyper.own(new Start(backbone(12), Weights.empty(), List.of("a")), "a", new SplittableRandom(1));
        assertThat(own.names()).containsExactly(HyperAdapter.TASK);
        assertThat(own.parameters()).isEqualTo(10);
    }

    @Test
    void tasksLayersAndPlacesHaveDifferentAdapters() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        List<Array> texts = Given.texts(bert);
        SharingGroup group = Given.group("hyper", Map.of(), "a");
        Weights weights = Given.normal(group, bert, 0.2);
        float[] states = Given.states(bert, group, weights, texts, 0, 0, 0, 0, 0);
        for (String embedding : List.of(
                group.ownPrefix() + HyperAdapter.TASK,
                group.sharedPrefix() + HyperAdapter.LAYERS,
                group.sharedPrefix() + "places")) {
            Array zero = Array.zeros(weights.get(embedding).shape());
            Weights without = weights.with(new Weights(Map.of(embedding, zero)));
            assertThat(Given.states(bert, group, without, texts, 0, 0, 0, 0, 0))
                    .as(embedding)
                    .isNotEqualTo(states);
        }
    }

    private Weights shared(int layers) {
        return hyper.shared(new Start(backbone(layers), Weights.empty(), List.of("a")), new SplittableRandom(1));
    }

    private static Backbone backbone(int layers) {
        ObjectNode config = (ObjectNode) new Fixture("bert").json("config.json");
        return Backbones.of(config.put("num_hidden_layers", layers), 0);
    }
}
