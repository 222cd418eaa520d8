package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.run.Polymath;
import dev.polymath.server.PolymathServer;
import dev.polymath.server.ServerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that read query and passage each by itself, and one that prunes, from training to what becomes of the model. */
class RerankFormsCommandTest {
    private static final String QUERY = "my kettle leaks water";
    private static final byte[] PAIR =
            "{\"text\":\"my kettle leaks water\",\"text2\":\"A kettle that leaks is repaired for free.\"}\n"
                    .getBytes(StandardCharsets.UTF_8);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @BeforeEach
    void collection() throws IOException {
        Path qrels = Files.createDirectories(folder.resolve("faq/qrels"));
        StringBuilder corpus = new StringBuilder();
        StringBuilder queries = new StringBuilder();
        StringBuilder judged = new StringBuilder("query-id\tcorpus-id\tscore\n");
        String[] things = {"kettle", "toaster", "lamp", "boiler", "chair", "mirror"};
        for (int i = 0; i < 24; i++) {
            String thing = things[i % things.length];
            String text = i < 12 ? "A %s that leaks or breaks is repaired for free, number %d." : "Our %s, number %d.";
            corpus.append("{\"_id\":\"%d\",\"text\":\"%s\"}\n".formatted(i, text.formatted(thing, i)));
            if (i >= 12) continue;
            queries.append("{\"_id\":\"q%d\",\"text\":\"my %s number %d is broken\"}\n".formatted(i, thing, i));
            judged.append("q%d\t%d\t1\n".formatted(i, i));
        }
        Files.writeString(folder.resolve("faq/corpus.jsonl"), corpus);
        Files.writeString(folder.resolve("faq/queries.jsonl"), queries);
        for (String split : new String[] {"train", "test"}) Files.writeString(qrels.resolve(split + ".tsv"), judged);
    }

    @Test
    void theyAreTrainedIndexedSearchedAndOutliveChangesOfTheModel() throws IOException {
        Path model = folder.resolve("model");
        Ran.polymath("train", project("late: {type: rerank, data: faq, form: maxsim}", "keep: 0.5"), "--out", model)
                .done();
        double before = score(model, "late");
        searched(model);
        served(model, before);
        Path more = folder.resolve("more");
        Path task = Files.writeString(
                folder.resolve("task.yaml"),
                "tasks:\n  light: {type: rerank, data: faq, form: {type: light-cross, vectors: 2}}\ntrain: {epochs: 1}\n");
        Ran.polymath("add", model, task, "--out", more).done();
        assertThat(score(more, "late")).isEqualTo(before);
        assertThat(score(more, "light")).isNotEqualTo(before);
        Path fewer = folder.resolve("fewer");
        Ran.polymath("remove", more, "late", "--out", fewer).done();
        assertThat(fewer.resolve("onnx/comparison.late.onnx")).doesNotExist();
        assertThat(score(fewer, "light")).isEqualTo(score(more, "light"));
        Ran.polymath("export", more, "--format", "onnx", "--out", folder.resolve("exported"))
                .done();
        Ran.polymath("quantize", more, "--limit", 1000).done();
        assertThat(score(more, "late")).isCloseTo(before, within(2 + 0.2 * Math.abs(before)));
    }

    @Test
    void slipsAreOneMessage() throws IOException {
        Path out = folder.resolve("m");
        Ran.polymath("train", project("late: {type: rerank, data: faq, form: maxsin}", "keep: 0.5"), "--out", out)
                .refused("maxsin", "maxsim");
        Ran.polymath(
                        "train",
                        project("late: {type: rerank, data: faq, form: maxsim, pooling: cls}", "keep: 0.5"),
                        "--out",
                        out)
                .refused("form maxsim", "no pooling");
        Ran.polymath("train", project("late: {type: rerank, data: faq}", "keep: 2"), "--out", out)
                .refused("keep");
        Ran.polymath("index", "minilm", folder.resolve("faq"), "--out", out, "--keep", 0.5)
                .refused("--keep needs --prune");
        Ran.polymath("index", "minilm", folder.resolve("faq"), "--out", out, "--rerank-task", "late")
                .refused("late");
        assertThat(out).doesNotExist();
    }

    @Test
    void aTaskThatIsAskedForBringsTheOneThatPrunes() throws IOException {
        Path project = project("late: {type: rerank, data: faq}", "keep: 0.5");
        assertThat(Ran.polymath("check", project, "--tasks", "faq").done().out())
                .contains("faq-quality")
                .doesNotContain("late");
    }

    private Path project(String task, String prune) throws IOException {
        return Files.writeString(
                folder.resolve("project.yaml"),
                """
                tasks:
                  faq: {type: retrieve, data: faq, batch_rows: 8, prune: {%s}}
                  %s
                train: {epochs: 1}
                """
                        .formatted(prune, task));
    }

    private static double score(Path model, String task) throws IOException {
        String line =
                Ran.polymath(PAIR, "predict", model, "--tasks", task).done().out();
        return JSON.readTree(line).at("/tasks/" + task + "/value").asDouble(Double.NaN);
    }

    /** Over HTTP as from the command: pairs, and the first of what a search finds. */
    private void served(Path model, double score) throws IOException {
        ServerSettings settings = new ServerSettings(
                "127.0.0.1",
                0,
                ServerSettings.Batching.DEFAULT,
                ServerSettings.Limits.DEFAULT,
                Polymath.Settings.DEFAULT,
                null,
                null,
                null,
                folder.resolve("index"));
        try (PolymathServer server = PolymathServer.start(model, settings)) {
            String pair = new String(PAIR, StandardCharsets.UTF_8).strip();
            JsonNode predicted = post(server, "/v1/predict", "{\"inputs\":[" + pair + "],\"tasks\":[\"late\"]}");
            assertThat(predicted.at("/0/tasks/late/value").asDouble()).isCloseTo(score, within(1e-4));
            JsonNode ranked = post(
                    server,
                    "/rerank",
                    "{\"query\":\"" + QUERY
                            + "\",\"raw_scores\":true,\"texts\":[\"A kettle that leaks is repaired for free.\"]}");
            assertThat(ranked.at("/0/score").asDouble()).isCloseTo(score, within(1e-4));
            String line = Ran.polymath(
                            "search",
                            folder.resolve("index"),
                            "--rerank",
                            5,
                            "--rerank-task",
                            "late",
                            "--top",
                            5,
                            "--json",
                            QUERY)
                    .done()
                    .out();
            JsonNode here = JSON.readTree(line).get("hits");
            JsonNode there = post(
                            server,
                            "/v1/search",
                            "{\"query\":\"" + QUERY + "\",\"rerank\":5,\"rerank_task\":\"late\",\"top\":5}")
                    .get("hits");
            assertThat(there).hasSize(5);
            for (int i = 0; i < 5; i++) {
                assertThat(there.get(i).get("score").asDouble())
                        .isCloseTo(here.get(i).get("score").asDouble(), within(1e-4));
            }
        }
    }

    private static JsonNode post(PolymathServer server, String path, String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void searched(Path model) throws IOException {
        Path index = folder.resolve("index");
        Ran made = Ran.polymath(
                        "index", model, folder.resolve("faq"), "--out", index, "--rerank-task", "late", "--keep", 1)
                .done();
        assertThat(made.err()).doesNotContain("leaves out");
        String line = Ran.polymath("search", index, "--rerank", 5, "--rerank-task", "late", "--top", 5, "--json", QUERY)
                .done()
                .out();
        JsonNode hits = JSON.readTree(line).get("hits");
        assertThat(hits).hasSize(5);
        for (int i = 1; i < 5; i++) {
            assertThat(hits.get(i).get("score").asDouble())
                    .isLessThanOrEqualTo(hits.get(i - 1).get("score").asDouble());
        }
        Path fewer = folder.resolve("pruned");
        Ran pruned = Ran.polymath("index", model, folder.resolve("faq"), "--out", fewer)
                .done();
        assertThat(pruned.err()).contains("faq-quality leaves out about 50 %");
    }
}
