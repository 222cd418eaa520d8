package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.run.Polymath;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another model takes over while requests come. */
class SwapTest {
    private static final int TEXTS = 8;

    @TempDir
    static Path parent;

    private static Path first;
    private static Path second;

    @BeforeAll
    static void write() {
        first = Served.tiny(parent.resolve("first"), 1);
        second = Served.tiny(parent.resolve("second"), 2);
    }

    @Test
    void underLoadNoAnswerIsLostAndNoneIsOfTwoModels() throws Exception {
        List<JsonNode> ofFirst = vectors(first);
        List<JsonNode> ofSecond = vectors(second);
        ExecutorService clients = Executors.newFixedThreadPool(6);
        AtomicBoolean stop = new AtomicBoolean();
        try (Served served =
                Served.start(first, Served.with(new ServerSettings.Batching(128, Duration.ofMillis(2), 5000)))) {
            List<Future<int[]>> counts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                counts.add(clients.submit(() -> {
                    int[] count = new int[2];
                    while (!stop.get()) count[which(served, ofFirst, ofSecond)]++;
                    return count;
                }));
            }
            for (Path next : List.of(second, first, second, first, second)) {
                Thread.sleep(100);
                HttpResponse<String> response = served.post("/v1/admin/models", "{\"path\":\"" + next + "\"}");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                assertThat(which(served, ofFirst, ofSecond)).isEqualTo(next.equals(first) ? 0 : 1);
            }
            stop.set(true);
            int[] all = new int[2];
            for (Future<int[]> each : counts) {
                all[0] += each.get()[0];
                all[1] += each.get()[1];
            }
            assertThat(all[0]).isPositive();
            assertThat(all[1]).isPositive();
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void aBrokenFolderIsRefusedAndTheOldModelStays() throws Exception {
        Path broken = Served.tiny(parent.resolve("broken"), 3);
        Files.writeString(broken.resolve("onnx/head.same.onnx"), "no graph");
        try (Served served = Served.start(first, Served.with(ServerSettings.Batching.DEFAULT))) {
            assertThat(served.refusal("/v1/admin/models", "{'path':'" + broken + "'}"))
                    .startsWith("422")
                    .contains("head.same.onnx has been changed");
            assertThat(served.refusal("/v1/admin/models", "{'path':'" + parent.resolve("none") + "'}"))
                    .startsWith("422")
                    .contains("there is no model folder");
            assertThat(served.refusal("/v1/admin/models", "{'folder':'x'}")).startsWith("422");
            assertThat(which(served, vectors(first), vectors(second))).isZero();
        }
    }

    @Test
    void withoutKeysOnlyTheMachineItselfMayLoadAndNoPageOfAnotherSite() throws Exception {
        try (Served served = Served.start(first, Served.with(ServerSettings.Batching.DEFAULT))) {
            String body = "{\"path\":\"" + second + "\"}";
            assertThat(served.send(served.posting("/v1/admin/models", body).header("Origin", "https://example.org"))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(served.send(served.posting("/v1/admin/models", body).header("X-Forwarded-For", "10.0.0.1"))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    /** Which model answered a request with several texts: all of them must be of the same. */
    private static int which(Served served, List<JsonNode> ofFirst, List<JsonNode> ofSecond) throws Exception {
        StringBuilder texts = new StringBuilder();
        for (int i = 0; i < TEXTS; i++)
            texts.append(i == 0 ? "" : ",").append('"').append(text(i)).append('"');
        CompletableFuture<HttpResponse<String>> answer =
                served.later(served.posting("/embed", "{\"inputs\":[" + texts + "]}"));
        HttpResponse<String> response = answer.join();
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode vectors = Served.JSON.readTree(response.body());
        int which = near(vectors.get(0), ofFirst.get(0)) ? 0 : 1;
        List<JsonNode> expected = which == 0 ? ofFirst : ofSecond;
        for (int i = 0; i < TEXTS; i++) BatchingTest.assertSame(vectors.get(i), expected.get(i), "text " + i);
        return which;
    }

    private static boolean near(JsonNode a, JsonNode b) {
        for (int i = 0; i < a.size(); i++) {
            if (Math.abs(a.get(i).asDouble() - b.get(i).asDouble()) > 1e-3) return false;
        }
        return true;
    }

    private static List<JsonNode> vectors(Path folder) {
        List<JsonNode> vectors = new ArrayList<>();
        try (Polymath model = Polymath.open(folder)) {
            for (int i = 0; i < TEXTS; i++) {
                vectors.add(model.predict(text(i), "same").json().at("/tasks/same/vector"));
            }
        }
        return vectors;
    }

    private static String text(int i) {
        return "text number " + i + " and more".repeat(i);
    }
}
