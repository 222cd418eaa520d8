package dev.polymath.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each architecture against transformers: tiny random backbones, every weight of which shows in the result. */
class BackboneParityTest {
    private static final double TOLERANCE = 1e-4;

    static Stream<Fixture> fixtures() {
        return Fixture.all().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void hiddenStatesAreThoseOfTransformers(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0.1);
        assertThat(pretrained.backbone().maxTokens()).isEqualTo(fixture.maxTokens());
        double worst = 0;
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            for (JsonNode example : fixture.cases()) {
                List<Encoding> encodings = new ArrayList<>();
                for (JsonNode texts : example.get("texts")) {
                    String second = texts.size() > 1 ? texts.get(1).textValue() : null;
                    encodings.add(tokenizer.encode(texts.get(0).textValue(), second, fixture.maxTokens()));
                }
                TokenBatch batch = TokenBatch.of(encodings, tokenizer.padId());
                Array states = run(pretrained, new LastLayer(pretrained.backbone(), new ArrayList<>()), batch);
                double difference = largestDifference(states, encodings, example.get("last_hidden_state"));
                assertThat(difference).as(example.get("name").textValue()).isLessThan(TOLERANCE);
                worst = Math.max(worst, difference);
            }
        }
        System.out.printf("%s: largest difference to transformers %.1e%n", fixture, worst);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everySiteIsPassedOnceAndInOrder(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        LastLayer program = new LastLayer(pretrained.backbone(), new ArrayList<>());
        run(pretrained, program, twoRows());
        int last = pretrained.backbone().layers() - 1;
        assertThat(program.visited).isEqualTo(pretrained.backbone().sites());
        assertThat(program.visited)
                .startsWith("embeddings", "layer.0.attention.query")
                .endsWith("layer." + last + ".ffn.out", "layer." + last);
        assertThat(program.visited.stream().filter(Sites::isState)).hasSize(last + 2);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theSitesOfStatesHaveThemAsTheyAreGivenToHeads(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Backbone backbone = pretrained.backbone();
        for (int layer = 0; layer <= backbone.layers(); layer++) {
            float[] state =
                    run(pretrained, new Layer(backbone, layer), twoRows()).floats();
            String site = layer == 0 ? "embeddings" : "layer." + (layer - 1);
            assertThat(run(pretrained, new AtSite(backbone, site), twoRows()).floats())
                    .as(site)
                    .containsExactly(state);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatASiteGivesTakesThePlaceOfTheProjection(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        float[] plain = run(pretrained, new LastLayer(pretrained.backbone(), new ArrayList<>()), twoRows())
                .floats();
        for (String site : pretrained.backbone().sites()) {
            Array changed = run(pretrained, new Changed(pretrained.backbone(), site), twoRows());
            assertThat(changed.floats()).as(site).isNotEqualTo(plain);
            for (float value : changed.floats()) assertThat(value).isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatComesInsteadOfAFeedForwardBlockTakesItsPlaceInEveryLayer(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Backbone backbone = pretrained.backbone();
        float[] plain = run(pretrained, new LastLayer(backbone, new ArrayList<>()), twoRows())
                .floats();
        Instead same = new Instead(backbone, 1, new ArrayList<>(), new ArrayList<>());
        assertThat(run(pretrained, same, twoRows()).floats())
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(plain);
        assertThat(same.asked).hasSize(backbone.layers()).startsWith("layer.0.ffn");
        assertThat(same.visited)
                .contains("layer.0.attention.output", "layer.0")
                .noneMatch(site -> site.contains("ffn"));
        Instead doubled = new Instead(backbone, 2, new ArrayList<>(), new ArrayList<>());
        assertThat(run(pretrained, doubled, twoRows()).floats()).isNotEqualTo(plain);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void inTwoPartsItGivesWhatItGivesInOne(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Backbone backbone = pretrained.backbone();
        float[] whole = run(pretrained, new Layer(backbone, backbone.layers()), twoRows())
                .floats();
        for (int layer = 0; layer <= backbone.layers(); layer++) {
            assertThat(run(pretrained, new InTwo(backbone, layer), twoRows()).floats())
                    .as("parted behind layer %d", layer)
                    .containsExactly(whole);
        }
    }

    private record InTwo(Backbone backbone, int layers) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            T state = backbone.below(ops, new Inputs<>(inputs.get(0), inputs.get(1), inputs.get(2)), layers);
            return backbone.above(ops, state, inputs.get(1), Sites.none(), layers)
                    .last();
        }
    }

    @Test
    void aSiteIsToldWhatItsProjectionRead() {
        Map<String, String> bert = Map.of(
                "attention.query", "attention.self.query",
                "attention.key", "attention.self.key",
                "attention.value", "attention.self.value",
                "attention.output", "attention.output.dense",
                "ffn.in", "intermediate.dense",
                "ffn.out", "output.dense");
        assertRecomputable("bert", "encoder.layer.", bert);
        assertRecomputable(
                "modernbert",
                "layers.",
                Map.of("attention.output", "attn.Wo", "ffn.in", "mlp.Wi", "ffn.out", "mlp.Wo"));
    }

    private static void assertRecomputable(String name, String layers, Map<String, String> projections) {
        Pretrained pretrained = Pretrained.open(new Fixture(name).folder().toString(), 0);
        float[] plain = run(pretrained, new LastLayer(pretrained.backbone(), new ArrayList<>()), twoRows())
                .floats();
        float[] recomputed = run(pretrained, new Recomputed(pretrained.backbone(), layers, projections), twoRows())
                .floats();
        assertThat(recomputed).usingComparatorWithPrecision(1e-6f).containsExactly(plain);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void thereIsAStateForTheEmbeddingsAndForEachLayer(Fixture fixture) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Backbone backbone = pretrained.backbone();
        Set<Float> firsts = new LinkedHashSet<>();
        for (int layer = 0; layer <= backbone.layers(); layer++) {
            Array states = run(pretrained, new Layer(backbone, layer), twoRows());
            assertThat(states.shape()).containsExactly(2, 3, backbone.width());
            firsts.add(states.floats()[0]);
        }
        assertThat(firsts).hasSize(backbone.layers() + 1);
    }

    @Test
    void aRowOfNothingButPaddingGivesNumbers() {
        for (Fixture fixture : Fixture.all()) {
            Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
            Array zeros = Array.of(new long[3], 1, 3);
            Array states = run(
                    pretrained,
                    new LastLayer(pretrained.backbone(), new ArrayList<>()),
                    new TokenBatch(zeros, zeros, zeros));
            for (float value : states.floats()) assertThat(value).isFinite();
        }
    }

    private static TokenBatch twoRows() {
        return new TokenBatch(
                Array.of(new long[] {2, 9, 3, 2, 11, 12}, 2, 3),
                Array.of(new long[] {1, 1, 1, 1, 1, 0}, 2, 3),
                Array.of(new long[6], 2, 3));
    }

    private static Array run(Pretrained pretrained, Program program, TokenBatch batch) {
        return OnnxEval.eval(program, pretrained.weights(), List.of(batch.ids(), batch.mask(), batch.types()));
    }

    private static double largestDifference(Array states, List<Encoding> encodings, JsonNode expected) {
        float[] values = states.floats();
        int tokens = (int) states.shape()[1];
        int width = (int) states.shape()[2];
        double largest = 0;
        for (int row = 0; row < encodings.size(); row++) {
            for (int token = 0; token < encodings.get(row).length(); token++) {
                for (int i = 0; i < width; i++) {
                    double value = values[(row * tokens + token) * width + i];
                    double difference =
                            Math.abs(value - expected.get(row).get(token).get(i).doubleValue());
                    largest = Math.max(largest, difference);
                }
            }
        }
        return largest;
    }

    private record LastLayer(Backbone backbone, List<String> visited) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            Sites<T> sites = (o, site, input, output) -> {
                visited.add(site);
                return output;
            };
            return backbone.hidden(ops, inputs(inputs), sites).last();
        }
    }

    private record Layer(Backbone backbone, int layer) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            return backbone.hidden(ops, inputs(inputs), Sites.none()).layers().get(layer);
        }
    }

    /** What a site is given as the output of what is there. */
    private record AtSite(Backbone backbone, String where) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            List<T> seen = new ArrayList<>();
            Sites<T> sites = (o, site, input, output) -> {
                if (site.equals(where)) seen.add(output);
                return output;
            };
            backbone.hidden(ops, inputs(inputs), sites);
            return seen.get(0);
        }
    }

    private record Changed(Backbone backbone, String where) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            Sites<T> sites = (o, site, input, output) -> site.equals(where) ? o.affine(output, 2, 0.5) : output;
            return backbone.hidden(ops, inputs(inputs), sites).last();
        }
    }

    /** At each site, the projection of what the site is told that it read. */
    private record Recomputed(Backbone backbone, String layers, Map<String, String> projections) implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            Sites<T> sites = (o, site, input, output) -> {
                String[] parts = site.split("\\.", 3);
                if (parts.length < 3 || !projections.containsKey(parts[2])) return output;
                String weight = layers + parts[1] + "." + projections.get(parts[2]);
                boolean hasBias = backbone.shapes().containsKey(weight + ".bias");
                return o.linear(input, o.weight(weight + ".weight"), hasBias ? o.weight(weight + ".bias") : null);
            };
            return backbone.hidden(ops, inputs(inputs), sites).last();
        }
    }

    /** In the place of each feed-forward block, that block computed from its projections, times a factor. */
    private record Instead(Backbone backbone, double factor, List<String> asked, List<String> visited)
            implements Program {
        @Override
        public <T> T apply(Ops<T> ops, List<T> inputs) {
            Sites<T> sites = new Sites<>() {
                @Override
                public T at(Ops<T> o, String site, T input, T output) {
                    visited.add(site);
                    return output;
                }

                @Override
                public T instead(Ops<T> o, String site, T input) {
                    asked.add(site);
                    T inner = backbone.activated(o, projected(o, site + ".in", input));
                    return o.scale(projected(o, site + ".out", inner), factor);
                }
            };
            return backbone.hidden(ops, inputs(inputs), sites).last();
        }

        private <T> T projected(Ops<T> ops, String site, T x) {
            Projection projection = backbone.projections().get(site);
            boolean biased = backbone.shapes().containsKey(projection.bias());
            return ops.linear(x, ops.weight(projection.weight()), biased ? ops.weight(projection.bias()) : null);
        }
    }

    private static <T> Inputs<T> inputs(List<T> inputs) {
        return new Inputs<>(inputs.get(0), inputs.get(1), inputs.get(2));
    }
}
