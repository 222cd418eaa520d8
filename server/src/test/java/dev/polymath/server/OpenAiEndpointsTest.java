package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shapes of OpenAI and infinity, with the built-in model. */
class OpenAiEndpointsTest {
    private static Served served;

    @BeforeAll
    static void start() {
        served = Served.start(Path.of("minilm"), Served.with(ServerSettings.Batching.DEFAULT));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void embeddingsAreNumberedAndCounted() throws Exception {
        JsonNode answer = served.ask("/v1/embeddings", "{'input':['hello','there'],'model':'text-embedding-3-small'}");
        assertThat(answer.fieldNames()).toIterable().containsExactly("object", "data", "model", "usage");
        assertThat(answer.at("/data/1/index").asInt()).isEqualTo(1);
        assertThat(answer.at("/data/1/object").asText()).isEqualTo("embedding");
        assertThat(answer.at("/data/1/embedding")).hasSize(384);
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(6);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(6);
        assertThat(served.ask("/embeddings", "{'input':'hello','dimensions':16}")
                        .at("/data/0/embedding"))
                .hasSize(16);
        assertThat(served.ask("/v1/embeddings", "{'input':[7592,2045]}").get("data"))
                .hasSize(1);
        assertThat(served.ask("/v1/embeddings", "{'input':[[7592],[2045]]}").get("data"))
                .hasSize(2);
    }

    @Test
    void base64IsFloat32WithTheLowByteFirst() throws Exception {
        JsonNode numbers = served.ask("/v1/embeddings", "{'input':'hello'}").at("/data/0/embedding");
        String base64 = served.ask("/v1/embeddings", "{'input':'hello','encoding_format':'base64'}")
                .at("/data/0/embedding")
                .asText();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(384 * 4);
        for (int i = 0; i < 384; i++) {
            assertThat(bytes.getFloat()).isCloseTo(numbers.get(i).floatValue(), within(1e-6f));
        }
    }

    @Test
    void faultsHaveOpenAisShape() throws Exception {
        JsonNode error =
                Served.JSON.readTree(served.post("/v1/embeddings", "{}").body());
        assertThat(error.get("error").fieldNames()).toIterable().containsExactly("message", "type", "param", "code");
        assertThat(error.at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(served.refusal("/v1/embeddings", "{'input':''}")).startsWith("400");
        assertThat(served.refusal("/v1/embeddings", "{'input':'a','encoding_format':'base32'}"))
                .startsWith("400")
                .contains("did you mean 'base64'?");
        String many = "'a',".repeat(2048) + "'a'";
        assertThat(served.refusal("/v1/embeddings", "{'input':[" + many + "]}"))
                .startsWith("400")
                .contains("at most 2048");
        String tokens = ("'" + "a ".repeat(300) + "',").repeat(1200);
        assertThat(served.refusal("/v1/embeddings", "{'input':[" + tokens + "'a']}"))
                .startsWith("400")
                .contains("at most 300000");
    }

    @Test
    void modelsAreListed() throws Exception {
        JsonNode models = Served.JSON.readTree(served.get("/v1/models").body());
        assertThat(models.get("object").asText()).isEqualTo("list");
        assertThat(models.at("/data/0").fieldNames())
                .toIterable()
                .containsExactly("id", "object", "created", "owned_by");
        JsonNode details = Served.JSON.readTree(served.get("/models").body());
        assertThat(details.at("/data/0/capabilities").toString()).isEqualTo("[\"embed\",\"rerank\"]");
        assertThat(details.at("/data/0/stats/queue_absolute").isInt()).isTrue();
    }

    @Test
    void classifyNeedsATaskThatClassifies() throws Exception {
        assertThat(served.refusal("/classify", "{'input':['a'],'model':'embed'}"))
                .startsWith("424")
                .contains("embed (embed)");
    }

    @Test
    void theOpenApiDocumentHasEveryRouteAndNoOther() throws Exception {
        JsonNode document = Served.JSON.readTree(served.get("/openapi.json").body());
        assertThat(served.get("/api-doc/openapi.json").body())
                .isEqualTo(served.get("/openapi.json").body());
        TreeSet<String> described = new TreeSet<>();
        for (Iterator<String> paths = document.get("paths").fieldNames(); paths.hasNext(); ) {
            String path = paths.next();
            document.get("paths")
                    .get(path)
                    .fieldNames()
                    .forEachRemaining(method -> described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path));
        }
        assertThat(described)
                .isEqualTo(served.server().paths().stream().collect(Collectors.toCollection(TreeSet::new)));
        for (JsonNode reference : document.findValues("$ref")) {
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
    }

    @Test
    void metricsAreCountedUnderTeisNames() throws Exception {
        served.ask("/embed", "{'inputs':['hello']}");
        String metrics = served.get("/metrics").body();
        assertThat(metrics)
                .contains("te_request_count{method=\"single\"}")
                .contains("te_request_success{method=\"single\"}")
                .contains("te_request_duration_bucket{method=\"single\",le=\"0.005\"}")
                .contains("te_request_queue_duration_sum")
                .contains("te_request_inference_duration_count")
                .contains("te_request_input_length_count")
                .contains("te_embed_count")
                .contains("te_queue_size 0.0")
                .contains("te_batch_next_size_count")
                .contains("te_batch_next_tokens_sum")
                .contains("polymath_tokens_total")
                .contains("polymath_requests_total{path=\"/embed\",status=\"200\"}");
    }

    @Test
    void browsersOfOtherSitesMayAsk() throws Exception {
        var preflight = served.send(served.request("/embed")
                .method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://example.org"));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .contains("*");
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElseThrow())
                .contains("Authorization");
    }
}
