package dev.polymath.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A support desk that answers by rules instead of a model: a task of every kind, the same answer to the same text, and
 * entities where a word says so. It serves the page's files from the class path, as the server does.
 */
final class CannedDesk implements OnThePage.Site {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NUMBERS = 384;
    private static final int MOST_CHARACTERS = 1000;
    private static final Map<String, String> TYPES =
            Map.of("html", "text/html; charset=utf-8", "css", "text/css", "js", "text/javascript");
    private static final Pattern ENTITY = Pattern.compile("(?<PERSON>Miriam|Graham)|(?<PLACE>Leeds|Bath|Dublin)"
            + "|(?<PRODUCT>(?:red )?kettle|curtains|bookcase)|(?<ORDER>TB-\\d+)|(?<MONEY>£[\\d.]*\\d)"
            + "|(?<DATE>\\d+ (?:May|June)|Tuesday)");

    private static final Map<String, Pattern> CUES = Map.of(
            "billing", Pattern.compile("£|refund|invoice"),
            "product_quality", Pattern.compile("leak|broke"),
            "delivery", Pattern.compile("[Ww]here|ship|send"),
            "staff", Pattern.compile("kind"));

    private final AtomicInteger asked = new AtomicInteger();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    CannedDesk() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @Override
    public String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            JsonNode json = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
            switch (path) {
                case "/v1/tasks" -> send(exchange, 200, "json", JSON.writeValueAsBytes(tasks()));
                case "/v1/predict" -> send(exchange, 200, "json", JSON.writeValueAsBytes(predict(json)));
                case "/similarity" -> send(exchange, 200, "json", JSON.writeValueAsBytes(similarity(json)));
                case "/v1/search" -> send(exchange, 200, "json", JSON.writeValueAsBytes(search(json)));
                case "/v1/stats" -> send(exchange, 200, "json", JSON.writeValueAsBytes(stats()));
                default -> file(exchange, path.equals("/") ? "index.html" : path.replaceFirst("^/page/", ""));
            }
        }
    }

    private static void file(HttpExchange exchange, String name) throws IOException {
        try (InputStream in = CannedDesk.class.getResourceAsStream("page/" + name)) {
            if (in == null) send(exchange, 404, "json", "{\"error\":\"no such path\"}".getBytes());
            else send(exchange, 200, name.substring(name.lastIndexOf('.') + 1), in.readAllBytes());
        }
    }

    private static void send(HttpExchange exchange, int status, String kind, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", TYPES.getOrDefault(kind, "application/json"));
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    // ---- the tasks

    private static ObjectNode tasks() {
        ObjectNode all = JSON.createObjectNode()
                .put("model", "support-desk")
                .put("max_tokens", 256)
                .put("search", true);
        ArrayNode tasks = all.putArray("tasks");
        task(
                tasks,
                "intent",
                "classify",
                "refund return cancel_order delivery_status damaged_item wrong_item warranty"
                        + " compliment payment_problem change_address invoice product_question account_access");
        task(tasks, "topics", "multilabel", "billing delivery product_quality account staff website stock packaging");
        task(tasks, "urgency", "ordinal", "low normal high critical");
        task(tasks, "sentiment", "classify", "negative neutral positive");
        task(tasks, "satisfaction", "regress", "");
        task(
                tasks,
                "entities",
                "tag",
                "O B-DATE I-DATE B-MONEY I-MONEY B-ORDER I-ORDER B-PERSON I-PERSON B-PLACE I-PLACE B-PRODUCT I-PRODUCT");
        task(tasks, "embed", "embed", "");
        task(tasks, "same_question", "classify", "same different").put("pairs", true);
        task(tasks, "closeness", "regress", "").put("pairs", true);
        return all;
    }

    private static ObjectNode task(ArrayNode tasks, String name, String type, String labels) {
        ObjectNode task = tasks.addObject().put("name", name).put("type", type).put("pairs", false);
        ArrayNode names = task.putArray("labels");
        for (String label : labels.split(" ")) if (!label.isEmpty()) names.add(label);
        task.putArray("languages");
        task.putObject("parameters").put("own", 58_000);
        return task;
    }

    private static ArrayNode predict(JsonNode question) {
        List<String> wanted = new ArrayList<>();
        question.path("tasks").forEach(name -> wanted.add(name.asText()));
        ArrayNode lines = JSON.createArrayNode();
        question.path("texts").forEach(text -> lines.add(line(text.asText(), null, wanted)));
        question.path("inputs")
                .forEach(input -> lines.add(
                        line(input.path("text").asText(), input.path("text2").asText(), wanted)));
        return lines;
    }

    private static ObjectNode line(String text, String text2, List<String> wanted) {
        ObjectNode line = JSON.createObjectNode().put("text", text);
        if (text2 != null) line.put("text2", text2);
        if (text.length() > MOST_CHARACTERS) line.put("truncated", true);
        ObjectNode answers = line.putObject("tasks");
        for (JsonNode task : tasks().path("tasks")) {
            String name = task.path("name").asText();
            if (!wanted.contains(name)) continue;
            answers.set(name, answer(task, text2 == null ? text : text + text2));
        }
        return line;
    }

    private static ObjectNode answer(JsonNode task, String text) {
        ObjectNode answer = JSON.createObjectNode();
        String name = task.path("name").asText();
        List<String> labels = new ArrayList<>();
        task.path("labels").forEach(label -> labels.add(label.asText()));
        switch (task.path("type").asText()) {
            case "classify" -> classify(answer, labels, text);
            case "multilabel" -> multilabel(answer, labels, text);
            case "ordinal" -> {
                double value = 1 + (labels.size() - 1) * chance("level", text);
                answer.put("label", labels.get((int) Math.round(value) - 1)).put("value", value);
            }
            case "tag" -> entities(answer, text);
            case "embed" -> vector(answer, text);
            default -> answer.put("value", 5 * chance(name, text));
        }
        return answer;
    }

    private static void classify(ObjectNode answer, List<String> labels, String text) {
        double[] weights = new double[labels.size()];
        double sum = 0;
        int best = 0;
        for (int i = 0; i < weights.length; i++) {
            String stem = labels.get(i).split("_")[0];
            weights[i] = Math.exp(3 * chance(labels.get(i), text) + (text.contains(stem) ? 5 : 0));
            sum += weights[i];
            if (weights[i] > weights[best]) best = i;
        }
        answer.put("label", labels.get(best));
        ObjectNode scores = answer.putObject("scores");
        for (int i = 0; i < weights.length; i++) scores.put(labels.get(i), weights[i] / sum);
    }

    private static void multilabel(ObjectNode answer, List<String> labels, String text) {
        ArrayNode passed = answer.putArray("labels");
        ObjectNode scores = answer.putObject("scores");
        for (String label : labels) {
            boolean meant = CUES.getOrDefault(label, Pattern.compile("(?!)"))
                    .matcher(text)
                    .find();
            double score = (meant ? 0.7 : 0) + 0.28 * chance(label, text);
            if (meant) passed.add(label);
            scores.put(label, score);
        }
    }

    private static void entities(ObjectNode answer, String text) {
        ArrayNode spans = answer.putArray("spans");
        for (Matcher entity = ENTITY.matcher(text); entity.find(); ) {
            for (String label : List.of("PERSON", "PLACE", "PRODUCT", "ORDER", "MONEY", "DATE")) {
                if (entity.group(label) == null) continue;
                spans.addObject()
                        .put("start", entity.start())
                        .put("end", entity.end())
                        .put("text", entity.group())
                        .put("label", label)
                        .put("score", 0.9 + 0.1 * chance(label, text));
            }
        }
    }

    private static void vector(ObjectNode answer, String text) {
        double[] values = IntStream.range(0, NUMBERS)
                .mapToDouble(i -> chance("n" + i, text) + chance("m" + i, text) - 1)
                .toArray();
        double length =
                Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
        ArrayNode vector = answer.putArray("vector");
        for (double value : values) vector.add((float) (value / length));
    }

    private static ArrayNode similarity(JsonNode question) {
        ArrayNode values = JSON.createArrayNode();
        JsonNode inputs = question.path("inputs");
        for (JsonNode sentence : inputs.path("sentences")) {
            values.add(chance("similarity", inputs.path("source_sentence").asText() + sentence.asText()));
        }
        return values;
    }

    private static ObjectNode search(JsonNode question) {
        ObjectNode found = JSON.createObjectNode();
        ArrayNode hits = found.putArray("hits");
        for (int i = 1; i <= 3; i++) {
            hits.addObject()
                    .put("id", "d" + i)
                    .put("score", 1.0 / i)
                    .put("title", "Document " + i)
                    .put(
                            "text",
                            "It says something of " + question.path("query").asText() + ".");
        }
        return found;
    }

    private ObjectNode stats() {
        int time = asked.incrementAndGet();
        double wave = Math.sin(time / 3.0) + 0.6 * Math.sin(time / 0.9);
        ObjectNode stats = JSON.createObjectNode()
                .put("requests_per_second", 3.1)
                .put("texts_per_second", 12 + 4 * wave)
                .put("queue", 0);
        stats.putObject("latency_ms").put("p50", 4.1 + wave).put("p99", 9.7);
        return stats;
    }

    /** A number from 0 to 1 that a text always gives. */
    private static double chance(String salt, String text) {
        int hash = (salt + '\n' + text).hashCode() * 0x9E3779B9;
        return ((hash ^ hash >>> 15) * 0x85EBCA6BL >>> 8 & 0xFFFF) / 65_535.0;
    }
}
