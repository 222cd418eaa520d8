package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnEndpointsTest {
    @TempDir
    static Path parent;

    private static Path folder;
    private static Served served;

    @BeforeAll
    static void start() {
        folder = Served.tiny(parent.resolve("model"), 1);
        served = Served.start(folder);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void tasksAreListedWithWhatTheyRead() throws Exception {
        JsonNode all = Served.JSON.readTree(served.get("/v1/tasks").body());
        assertThat(all.get("model").asText()).isEqualTo("tiny");
        assertThat(all.get("max_tokens").asInt()).isEqualTo(64);
        assertThat(all.get("search").asBoolean()).isFalse();
        JsonNode intent = all.get("tasks").get(0);
        assertThat(intent.toString())
                .isEqualTo("{\"name\":\"intent\",\"type\":\"classify\",\"pairs\":false,"
                        + "\"labels\":[\"delivery\",\"greeting\",\"refund\"],\"languages\":null,\"outputs\":3,"
                        + "\"parameters\":{\"head\":" + intent.at("/parameters/head") + ",\"own\":"
                        + intent.at("/parameters/own") + "}}");
        assertThat(intent.at("/parameters/own").asLong()).isGreaterThan(3 * 32);
        assertThat(intent.at("/parameters/head")).isEqualTo(intent.at("/parameters/own"));
        assertThat(all.at("/tasks/3/name").asText()).isEqualTo("entities");
        assertThat(all.at("/tasks/3/outputs").asInt()).isEqualTo(5);
        assertThat(all.at("/tasks/5/outputs").asInt()).isEqualTo(1);
        assertThat(all.at("/tasks/6/outputs").asInt()).isEqualTo(32);
        assertThat(all.at("/tasks/4/pairs").asBoolean()).isTrue();
    }

    @Test
    void eachTextGetsTheLineOfPredict() throws Exception {
        JsonNode answer = served.ask("/v1/predict", "{'texts':['Where is my refund?','']}");
        assertThat(answer).hasSize(2);
        try (Polymath model = Polymath.open(folder)) {
            JsonNode line = model.predict("Where is my refund?").json();
            assertThat(answer.get(0).fieldNames()).toIterable().containsExactly("text", "tasks");
            assertThat(answer.get(0).get("tasks").fieldNames())
                    .toIterable()
                    .containsExactlyElementsOf(() -> line.get("tasks").fieldNames());
            assertThat(answer.at("/0/tasks/intent/label")).isEqualTo(line.at("/tasks/intent/label"));
        }
    }

    @Test
    void pairsAndTasksByName() throws Exception {
        JsonNode answer = served.ask(
                "/v1/predict", "{'inputs':[{'text':'a man eats','text2':'he has food'}],'tasks':['nli','intent']}");
        assertThat(answer.get(0).get("text2").asText()).isEqualTo("he has food");
        assertThat(answer.get(0).get("tasks").fieldNames()).toIterable().containsExactly("nli", "intent");
    }

    @Test
    void rawHasTheOutputsOfTheHead() throws Exception {
        JsonNode answer = served.ask("/v1/predict", "{'texts':['hello'],'tasks':['intent'],'raw':true}");
        assertThat(answer.at("/0/tasks/intent/raw")).hasSize(3);
        try (Polymath model = Polymath.open(folder)) {
            float[] outputs = model.outputs(
                            model.folder().task("intent"),
                            java.util.List.of(new dev.polymath.data.Example("hello", null, null, 0)))
                    .get(0);
            assertThat(answer.at("/0/tasks/intent/raw/0").floatValue())
                    .isCloseTo(outputs[0], org.assertj.core.api.Assertions.within(1e-4f));
        }
        assertThat(served.ask("/v1/predict", "{'texts':['hello'],'tasks':['intent']}")
                        .at("/0/tasks/intent")
                        .has("raw"))
                .isFalse();
    }

    @Test
    void aLongTextIsCutAndSaysSoOrIsReadInWindows() throws Exception {
        String text = "where is my refund ".repeat(100).strip();
        JsonNode cut = served.ask("/v1/predict", "{'texts':['" + text + "'],'tasks':['intent']}");
        assertThat(cut.at("/0/truncated").asBoolean()).isTrue();
        JsonNode whole = served.ask("/v1/predict", "{'texts':['" + text + "'],'tasks':['intent'],'windows':true}");
        assertThat(whole.get(0).has("truncated")).isFalse();
        assertThat(whole.at("/0/tasks/intent/scores")).hasSize(3);
    }

    @Test
    void linesAreGivenToWhoAcceptsThem() throws Exception {
        HttpResponse<String> response = served.send(served.posting("/v1/predict", "{\"texts\":[\"one\",\"two\"]}")
                .header("Accept", "application/x-ndjson"));
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/x-ndjson");
        String[] lines = response.body().split("\n");
        assertThat(lines).hasSize(2);
        assertThat(Served.JSON.readTree(lines[1]).get("text").asText()).isEqualTo("two");
    }

    @Test
    void aLoneSurrogateComesBackAsItWas() throws Exception {
        JsonNode answer = served.ask("/v1/predict", "{'texts':['a \\ud83d b'],'tasks':['intent']}");
        assertThat(answer.at("/0/text").asText()).isEqualTo("a \ud83d b");
        try (Polymath model = Polymath.open(folder)) {
            JsonNode line = model.predict(Input.of("a \ud83d b"), "intent").json();
            assertThat(answer.at("/0/tasks/intent/label")).isEqualTo(line.at("/tasks/intent/label"));
        }
    }

    @Test
    void whatIsWrongIsNamedWithTheNearestChoice() throws Exception {
        assertThat(served.refusal("/v1/predict", "{'texts':['a'],'tasks':['intend']}"))
                .isEqualTo("422 {\"error\":\"the model has no task 'intend'; did you mean 'intent'?\","
                        + "\"error_type\":\"Validation\"}");
        assertThat(served.refusal("/v1/predict", "{'text':['a']}"))
                .startsWith("422")
                .contains("unknown field `text`; did you mean 'texts'?");
        assertThat(served.refusal("/v1/predict", "{'texts':['a'],'tasks':['nli']}"))
                .startsWith("422")
                .contains("'nli' reads pairs");
        assertThat(served.refusal("/v1/predict", "{'texts':['a', 3]}"))
                .startsWith("422")
                .contains("`texts[1]` must be a string; it is 3");
        assertThat(served.refusal("/v1/predict", "{'texts':[]}")).startsWith("400");
        assertThat(served.get("/v1/predicts").body()).contains("did you mean '/v1/predict'?");
        assertThat(served.get("/v1/predict").statusCode()).isEqualTo(405);
    }

    @Test
    void statsHaveTheShapeThatThePagePolls() throws Exception {
        served.ask("/v1/predict", "{'texts':['hello','there']}");
        JsonNode stats = Served.JSON.readTree(served.get("/v1/stats").body());
        assertThat(stats.fieldNames())
                .toIterable()
                .containsExactly("requests_per_second", "texts_per_second", "latency_ms", "queue");
        assertThat(stats.get("requests_per_second").asDouble()).isGreaterThan(0);
        assertThat(stats.at("/latency_ms/p99").asDouble())
                .isGreaterThanOrEqualTo(stats.at("/latency_ms/p50").asDouble())
                .isGreaterThan(0);
    }

    @Test
    void requestIdsAreTakenOrMade() throws Exception {
        HttpResponse<String> own = served.send(served.request("/health").header("X-Request-Id", "abc-1"));
        assertThat(own.headers().firstValue("X-Request-Id")).contains("abc-1");
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(own.body()).isEmpty();
        assertThat(served.get("/health").headers().firstValue("X-Request-Id").orElseThrow())
                .hasSize(36);
    }
}
