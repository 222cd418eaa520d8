package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.run.Polymath;
import dev.polymath.task.Answer;
import dev.polymath.task.Cosine;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shapes of text-embeddings-inference, as its clients read them. */
class TeiEndpointsTest {
    @TempDir
    static Path parent;

    private static Path folder;
    private static Served served;

    @BeforeAll
    static void start() {
        folder = Served.tiny(parent.resolve("model"), 1);
        served = Served.start(folder, Served.with(ServerSettings.Batching.DEFAULT));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void embedGivesABareListOfVectorsAlsoForASingleInput() throws Exception {
        JsonNode one = served.ask("/embed", "{'inputs':'Where is my refund?'}");
        assertThat(one).hasSize(1);
        assertThat(one.get(0)).hasSize(32);
        try (Polymath model = Polymath.open(folder)) {
            Answer.Vector vector = (Answer.Vector)
                    model.predict("Where is my refund?", "same").answers().get("same");
            assertThat(floats(one.get(0))).containsExactly(vector.values(), within(1e-4f));
        }
        assertThat(served.ask("/embed", "{'inputs':['a','b','c'],'truncate':null}"))
                .hasSize(3);
        assertThat(served.ask("/", "{'inputs':['a','b']}")).hasSize(2);
        assertThat(served.ask("/invocations", "{'inputs':'a'}")).hasSize(1);
    }

    @Test
    void tokenIdsAreReadAsTheTextThatTheySpell() throws Exception {
        JsonNode tokens = served.ask("/tokenize", "{'inputs':'where is my refund?','add_special_tokens':false}");
        List<Integer> ids = new ArrayList<>();
        tokens.get(0).forEach(token -> ids.add(token.get("id").asInt()));
        JsonNode text = served.ask("/embed", "{'inputs':'where is my refund?'}");
        for (String form : List.of(ids.toString(), "[" + ids + "]")) {
            assertThat(floats(served.ask("/embed", "{'inputs':" + form + "}").get(0)))
                    .containsExactly(floats(text.get(0)), within(1e-5f));
        }
        assertThat(served.ask("/decode", "{'ids':" + ids + "}").toString()).isEqualTo("[\"where is my refund?\"]");
        assertThat(served.refusal("/embed", "{'inputs':[99999999]}"))
                .startsWith("422")
                .contains("token id from 0");
    }

    @Test
    void dimensionsCutsFirstAndNormalisesThen() throws Exception {
        float[] whole = floats(served.ask("/embed", "{'inputs':'hello'}").get(0));
        float[] cut =
                floats(served.ask("/embed", "{'inputs':'hello','dimensions':4}").get(0));
        double length =
                Math.sqrt(whole[0] * whole[0] + whole[1] * whole[1] + whole[2] * whole[2] + whole[3] * whole[3]);
        assertThat(cut).hasSize(4);
        for (int i = 0; i < 4; i++) assertThat(cut[i]).isCloseTo((float) (whole[i] / length), within(1e-5f));
        assertThat(served.refusal("/embed", "{'inputs':'hello','dimensions':33}"))
                .isEqualTo("422 {\"error\":\"`dimensions` is 33, and the model's vectors have 32\","
                        + "\"error_type\":\"Validation\"}");
    }

    @Test
    void aTextThatIsTooLongIsCutAtTheSideAskedForOrRefused() throws Exception {
        String text = "first " + "word ".repeat(100) + "last";
        float[] right = floats(served.ask("/embed", "{'inputs':'" + text + "'}").get(0));
        float[] left = floats(served.ask("/embed", "{'inputs':'" + text + "','truncation_direction':'left'}")
                .get(0));
        float[] end = floats(served.ask("/embed", "{'inputs':'" + "word ".repeat(61) + "last'}")
                .get(0));
        assertThat(left).containsExactly(end, within(1e-5f)).isNotEqualTo(right);
        assertThat(served.refusal("/embed", "{'inputs':'" + text + "','truncate':false}"))
                .startsWith("422")
                .contains("at most 64 tokens");
    }

    @Test
    void embedAllGivesAVectorAToken() throws Exception {
        JsonNode all = served.ask("/embed_all", "{'inputs':['hello there','a']}");
        assertThat(all).hasSize(2);
        assertThat(all.get(0)).hasSize(4);
        assertThat(all.at("/1/0")).hasSize(32);
        float[] mean = new float[32];
        for (JsonNode token : all.get(0))
            for (int i = 0; i < 32; i++) mean[i] += token.get(i).floatValue() / 4;
        float[] vector = floats(served.ask("/embed", "{'inputs':'hello there'}").get(0));
        assertThat(Cosine.of(mean, vector)).isCloseTo(1, within(1e-5));
        assertThat(served.refusal("/embed_sparse", "{'inputs':'a'}"))
                .startsWith("424")
                .contains("\"Backend\"");
    }

    @Test
    void rerankSortsInBothDialects() throws Exception {
        JsonNode tei = served.ask("/rerank", "{'query':'a b','texts':['other','a b','c'],'return_text':true}");
        assertThat(tei.get(0).toString()).startsWith("{\"index\":1,\"text\":\"a b\",\"score\":");
        assertThat(tei.at("/0/score").asDouble()).isCloseTo(1, within(1e-5));
        assertThat(tei.at("/1/score").asDouble())
                .isGreaterThanOrEqualTo(tei.at("/2/score").asDouble());
        assertThat(served.ask("/rerank", "{'query':'a','texts':['b']}").get(0).has("text"))
                .isFalse();
        JsonNode cohere = served.ask(
                "/rerank", "{'query':'a b','documents':['other','a b','c'],'top_n':2,'return_documents':true}");
        assertThat(cohere.fieldNames())
                .toIterable()
                .containsExactly("object", "results", "model", "usage", "id", "created");
        assertThat(cohere.get("results")).hasSize(2);
        assertThat(cohere.at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(cohere.at("/results/0/document").asText()).isEqualTo("a b");
    }

    @Test
    void predictTellsASingleTextAPairAndABatchApart() throws Exception {
        JsonNode single = served.ask("/predict", "{'inputs':'where is my refund?','model':'intent'}");
        assertThat(single).hasSize(3);
        assertThat(single.get(0).fieldNames()).toIterable().containsExactly("score", "label");
        assertThat(single.at("/0/score").asDouble())
                .isGreaterThanOrEqualTo(single.at("/1/score").asDouble());
        assertThat(single.at("/0/score").asDouble()
                        + single.at("/1/score").asDouble()
                        + single.at("/2/score").asDouble())
                .isCloseTo(1, within(1e-5));
        assertThat(served.ask("/predict", "{'inputs':['a man eats','he has food'],'model':'nli'}"))
                .hasSize(2);
        JsonNode batch = served.ask("/predict", "{'inputs':[['a'],['b']],'model':'intent','raw_scores':true}");
        assertThat(batch).hasSize(2);
        assertThat(batch.get(0)).hasSize(3);
        assertThat(served.refusal("/predict", "{'inputs':'a','model':'nli'}"))
                .startsWith("422")
                .contains("pairs");
        assertThat(served.refusal("/predict", "{'inputs':'a'}"))
                .startsWith("424")
                .contains("intent (classify)");
    }

    @Test
    void similarityIsOneNumberASentence() throws Exception {
        JsonNode numbers = served.ask("/similarity", "{'inputs':{'source_sentence':'a b','sentences':['a b','c']}}");
        assertThat(numbers).hasSize(2);
        assertThat(numbers.get(0).asDouble()).isCloseTo(1, within(1e-5));
    }

    @Test
    void tokensStandAtBytesOfTheText() throws Exception {
        JsonNode tokens = served.ask("/tokenize", "{'inputs':'\u00e9 b'}").get(0);
        assertThat(tokens).hasSize(4);
        assertThat(tokens.get(0).toString()).contains("\"text\":\"[CLS]\",\"special\":true,\"start\":null");
        assertThat(tokens.at("/1/text").asText()).isEqualTo("\u00e9");
        assertThat(tokens.at("/1/stop").asInt()).isEqualTo(2);
        assertThat(tokens.at("/2/start").asInt()).isEqualTo(3);
    }

    @Test
    void vertexAnswersEachInstanceAsTheMainEndpointWould() throws Exception {
        JsonNode answer = served.ask("/vertex", "{'instances':[{'inputs':'a'},{'inputs':['b','c']}]}");
        assertThat(answer.get("predictions")).hasSize(2);
        assertThat(answer.at("/predictions/0/0"))
                .isEqualTo(served.ask("/embed", "{'inputs':'a'}").get(0));
        assertThat(answer.at("/predictions/1")).hasSize(2);
    }

    @Test
    void answersCarryWhatTheyTook() throws Exception {
        HttpHeaders headers =
                served.post("/embed", "{\"inputs\":[\"hello there\",\"a\"]}").headers();
        assertThat(headers.firstValue("x-compute-type")).contains("gpu+optimized");
        assertThat(headers.firstValue("x-compute-characters")).contains("12");
        assertThat(headers.firstValue("x-compute-tokens")).contains("7");
        for (String time :
                List.of("x-compute-time", "x-total-time", "x-tokenization-time", "x-queue-time", "x-inference-time")) {
            assertThat(headers.firstValue(time).orElseThrow()).matches("\\d+");
        }
    }

    @Test
    void faultsHaveTeisShapesAndCodes() throws Exception {
        assertThat(served.refusal("/embed", "{'inputs':[]}"))
                .isEqualTo("400 {\"error\":\"`inputs` cannot be empty\",\"error_type\":\"Empty\"}");
        assertThat(served.refusal("/embed", "{}"))
                .isEqualTo("422 {\"error\":\"missing field `inputs`\",\"error_type\":\"Validation\"}");
        assertThat(served.refusal("/embed", "{'inputs':'a','prompt_name':'query'}"))
                .startsWith("422");
        assertThat(served.refusal("/embed", "{'inputs':'a','model':'intent'}")).startsWith("424");
    }

    @Test
    void infoHasTeisFields() throws Exception {
        JsonNode info = Served.JSON.readTree(served.get("/info").body());
        assertThat(info.at("/model_type/embedding/pooling").asText()).isEqualTo("mean");
        assertThat(info.fieldNames())
                .toIterable()
                .containsExactly(
                        "model_id",
                        "model_sha",
                        "model_dtype",
                        "served_model_name",
                        "model_type",
                        "max_concurrent_requests",
                        "max_input_length",
                        "max_batch_tokens",
                        "max_batch_requests",
                        "max_client_batch_size",
                        "auto_truncate",
                        "tokenization_workers",
                        "version",
                        "sha",
                        "docker_label");
    }

    private static float[] floats(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) values[i] = list.get(i).floatValue();
        return values;
    }
}
