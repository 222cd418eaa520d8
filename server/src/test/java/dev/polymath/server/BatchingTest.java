package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests share passes, and notice nothing of it. */
class BatchingTest {
    private static final String SLOW = "\"" + "some words that take a while to read ".repeat(40) + "\"";
    private static final List<String> WORDS = List.of(
            "refund",
            "where",
            "the",
            "Paris",
            "parcel",
            "\ud83d\udce6",
            "caf\u00e9",
            "\u4e2d\u6587",
            "a",
            "late",
            "?",
            "12");

    @TempDir
    static Path parent;

    private static Path folder;

    @BeforeAll
    static void write() {
        folder = Served.tiny(parent.resolve("model"), 1);
    }

    private record Asked(List<Input> inputs, List<String> tasks) {
        String json() throws Exception {
            var body = Served.JSON.createObjectNode();
            for (Input input : inputs) {
                var one = body.withArray("inputs").addObject().put("text", input.text());
                if (input.text2() != null) one.put("text2", input.text2());
            }
            tasks.forEach(body.withArray("tasks")::add);
            return Served.JSON.writeValueAsString(body);
        }
    }

    @Test
    void twoHundredMixedRequestsAtOnceAreAnsweredAsOneByOne() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of mixed requests: " + seed);
        Random random = new Random(seed);
        List<String> single = List.of("intent", "topics", "stars", "entities", "same");
        List<String> pairs = List.of("nli", "closeness", "intent");
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean pair = random.nextInt(3) == 0;
            List<String> tasks = new ArrayList<>(pair ? pairs : single);
            java.util.Collections.shuffle(tasks, random);
            List<Input> inputs = new ArrayList<>();
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                inputs.add(new Input(text(random), pair ? text(random) : null));
            }
            asked.add(new Asked(inputs, tasks.subList(0, 1 + random.nextInt(tasks.size()))));
        }
        ServerSettings settings = Served.with(new ServerSettings.Batching(512, Duration.ofMillis(3), 100_000));
        try (Served served = Served.start(folder, settings);
                Polymath model = Polymath.open(folder)) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (Asked each : asked) answers.add(served.later(served.posting("/v1/predict", each.json())));
            for (int i = 0; i < asked.size(); i++) {
                JsonNode answer = Served.JSON.readTree(answers.get(i).join().body());
                for (int row = 0; row < asked.get(i).inputs().size(); row++) {
                    JsonNode expected = model.predict(
                                    asked.get(i).inputs().get(row),
                                    asked.get(i).tasks().toArray(String[]::new))
                            .json();
                    assertSame(answer.get(row), expected, "seed " + seed + ", request " + i);
                }
            }
            assertThat(passes(served)).as("passes").isLessThan(200);
        }
    }

    @Test
    void whatWouldWaitTooLongIsTurnedAwayOnceItIsKnownHowLongPassesTake() throws Exception {
        ServerSettings settings =
                Served.with(new ServerSettings.Batching(64, Duration.ofMillis(1), 100_000, Duration.ZERO));
        try (Served served = Served.start(folder, settings)) {
            String body = "{\"inputs\":[" + SLOW + "," + SLOW + "]}";
            assertThat(served.post("/embed", body).statusCode()).isEqualTo(200);
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) answers.add(served.later(served.posting("/embed", body)));
            List<Integer> statuses = answers.stream()
                    .map(each -> each.join().statusCode())
                    .distinct()
                    .sorted()
                    .toList();
            assertThat(statuses).containsExactly(200, 429);
            assertThat(served.post("/embed", body).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatTheQueueHasNoRoomForIsTurnedAwayAndTheRestAnswered() throws Exception {
        ServerSettings settings = Served.with(new ServerSettings.Batching(64, Duration.ofMillis(1), 4));
        try (Served served = Served.start(folder, settings)) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(served.later(served.posting("/embed", "{\"inputs\":[" + SLOW + "," + SLOW + "]}")));
            }
            int busy = 0;
            for (CompletableFuture<HttpResponse<String>> each : answers) {
                HttpResponse<String> response = each.join();
                assertThat(response.statusCode()).isIn(200, 429);
                if (response.statusCode() == 200) continue;
                busy++;
                assertThat(response.headers().firstValue("Retry-After")).contains("1");
                assertThat(response.body()).contains("\"error_type\":\"Overloaded\"");
            }
            assertThat(busy).isBetween(1, 99);
            assertThat(served.post("/embed", "{\"inputs\":\"a\"}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void closingAnswersWhatWasTaken() throws Exception {
        Served served =
                Served.start(folder, Served.with(new ServerSettings.Batching(64, Duration.ofMillis(500), 1000)));
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) answers.add(served.later(served.posting("/embed", "{\"inputs\":[" + SLOW + "]}")));
        while (waiting(served) == 0) Thread.sleep(1);
        Thread.sleep(100);
        served.close();
        int answered = 0;
        for (CompletableFuture<HttpResponse<String>> each : answers) {
            try {
                int status = each.join().statusCode();
                assertThat(status).isIn(200, 503);
                if (status == 200) answered++;
            } catch (java.util.concurrent.CompletionException refused) {
                assertThat(refused).hasCauseInstanceOf(java.io.IOException.class);
            }
        }
        assertThat(answered).isGreaterThanOrEqualTo(15);
    }

    @Test
    void whatNobodyWaitsForIsNotComputed() throws Exception {
        ServerSettings settings = Served.with(new ServerSettings.Batching(4096, Duration.ofMillis(400), 1000));
        try (Served served = Served.start(folder, settings)) {
            byte[] body = "{\"inputs\":\"I am off\"}".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 5; i++) {
                try (Socket socket = new Socket("127.0.0.1", served.server().port())) {
                    OutputStream out = socket.getOutputStream();
                    out.write(("POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    out.write(body);
                    out.flush();
                    while (waiting(served) <= i) Thread.sleep(1);
                }
            }
            assertThat(served.post("/embed", "{\"inputs\":\"I wait\"}").statusCode())
                    .isEqualTo(200);
            String metrics = served.get("/metrics").body();
            assertThat(metrics).contains("polymath_requests_dropped_total 5.0").contains("polymath_texts_total 1.0");
        }
    }

    @Test
    void requestsSentAheadOnOneConnectionAreAllAnswered() throws Exception {
        ServerSettings settings = Served.with(new ServerSettings.Batching(4096, Duration.ofMillis(100), 1000));
        try (Served served = Served.start(folder, settings);
                Socket socket = new Socket("127.0.0.1", served.server().port())) {
            String body = "{\"inputs\":\"a\"}";
            String request = "POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            while (waiting(served) == 0) Thread.sleep(1);
            String last = request.replace("localhost\r\n", "localhost\r\nConnection: close\r\n");
            out.write((request + last).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
        }
    }

    @Test
    void aLargeRequestDoesNotHoldUpSmallOnes() throws Exception {
        try (Served served =
                Served.start(folder, Served.with(new ServerSettings.Batching(64, Duration.ZERO, 10_000)))) {
            String many = (SLOW + ",").repeat(1500) + SLOW;
            CompletableFuture<HttpResponse<String>> large =
                    served.later(served.posting("/embed", "{\"inputs\":[" + many + "]}"));
            while (waiting(served) == 0) Thread.sleep(1);
            assertThat(served.post("/embed", "{\"inputs\":\"small\"}").statusCode())
                    .isEqualTo(200);
            assertThat(large.isDone()).isFalse();
            assertThat(Served.JSON.readTree(large.join().body())).hasSize(1501);
        }
    }

    private static int waiting(Served served) throws Exception {
        return Served.JSON.readTree(served.get("/v1/stats").body()).get("queue").asInt();
    }

    private static double passes(Served served) throws Exception {
        return served.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("te_batch_next_size_count"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(20); n > 0; n--) {
            text.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
        }
        return text.toString();
    }

    static void assertSame(JsonNode actual, JsonNode expected, String which) {
        if (expected.isNumber()) {
            assertThat(actual.asDouble()).as(which).isCloseTo(expected.asDouble(), within(1e-4));
        } else if (expected.isObject()) {
            assertThat(actual.fieldNames())
                    .as(which)
                    .toIterable()
                    .containsExactlyElementsOf(() -> expected.fieldNames());
            for (Iterator<String> names = expected.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                assertSame(actual.get(name), expected.get(name), which);
            }
        } else if (expected.isArray()) {
            assertThat(actual).as(which).hasSize(expected.size());
            for (int i = 0; i < expected.size(); i++) assertSame(actual.get(i), expected.get(i), which);
        } else {
            assertThat(actual).as(which).isEqualTo(expected);
        }
    }
}
