package dev.polymath.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Sites;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What transformers and numpy make of the same models and texts, as tools/make_pooling_fixtures.py wrote it down. */
class PoolingReferenceTest {
    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void firstAndLastLayerTogether(Fixture fixture) throws IOException {
        JsonNode reference = reference(fixture);
        assertClose(pooled(fixture, reference, new FirstLast(), Weights.empty()), reference.get("first-last"), 1e-4f);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void tokensThatAttendToThemselvesCountMore(Fixture fixture) throws IOException {
        JsonNode reference = reference(fixture);
        for (JsonNode head : reference.get("diagonal-attention")) {
            Pooling pooling = new DiagonalAttention(
                    head.get("layer").asInt(), head.get("head").asInt(), States.LAST);
            assertClose(pooled(fixture, reference, pooling, Weights.empty()), head.get("vectors"), 1e-4f);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whitenedVectors(Fixture fixture) throws IOException {
        JsonNode reference = reference(fixture);
        JsonNode whitening = reference.get("whitening");
        if (whitening == null) return;
        Whitening pooling = new Whitening(whitening.get("dimensions").asInt(), States.FIRST_LAST);
        JsonNode mean = whitening.get("mean");
        float[] means = new float[mean.size()];
        for (int i = 0; i < means.length; i++) means[i] = (float) mean.get(i).asDouble();
        Weights weights = pooling.weights("t", means, flat(whitening.get("matrix")));
        assertClose(pooled(fixture, reference, pooling, weights), whitening.get("vectors"), 2e-2f);
    }

    private static JsonNode reference(Fixture fixture) throws IOException {
        try (InputStream in = PoolingReferenceTest.class.getResourceAsStream("/poolings/" + fixture.name() + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static float[] pooled(Fixture fixture, JsonNode reference, Pooling pooling, Weights more) {
        Pretrained pretrained = Pretrained.open(fixture.folder().toString(), 0);
        Backbone backbone = pretrained.backbone();
        pooling.check(backbone);
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> in) {
                Inputs<T> inputs = new Inputs<>(in.get(0), in.get(1), in.get(2));
                Hidden<T> hidden = backbone.hidden(ops, inputs, Sites.none(), pooling.reading(backbone.layers()));
                return pooling.pool(ops, hidden, "t");
            }
        };
        Array ids = whole(reference.get("input_ids"));
        Array mask = whole(reference.get("attention_mask"));
        Array types = Array.of(new long[ids.size()], ids.shape());
        return OnnxEval.eval(program, pretrained.weights().with(more), List.of(ids, mask, types))
                .floats();
    }

    private static Array whole(JsonNode rows) {
        long[] values = new long[rows.size() * rows.get(0).size()];
        int at = 0;
        for (JsonNode row : rows) for (JsonNode value : row) values[at++] = value.asLong();
        return Array.of(values, rows.size(), rows.get(0).size());
    }

    private static float[] flat(JsonNode rows) {
        float[] values = new float[rows.size() * rows.get(0).size()];
        int at = 0;
        for (JsonNode row : rows) for (JsonNode value : row) values[at++] = (float) value.asDouble();
        return values;
    }

    private static void assertClose(float[] actual, JsonNode expected, float tolerance) {
        assertThat(actual).containsExactly(flat(expected), within(tolerance));
    }
}
