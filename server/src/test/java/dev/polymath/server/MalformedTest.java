package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent that is wrong is a fault of who sent it, and told so. */
class MalformedTest {
    private static final List<String> VALID = List.of(
            "/v1/predict {'texts':['hello there'],'tasks':['intent'],'raw':true}",
            "/v1/predict {'inputs':[{'text':'a','text2':'b'}],'tasks':['nli']}",
            "/embed {'inputs':['hello there','a'],'truncate':true,'dimensions':4}",
            "/embed_all {'inputs':'hello'}",
            "/rerank {'query':'a','texts':['b','c'],'raw_scores':false}",
            "/rerank {'query':'a','documents':['b','c'],'top_n':1}",
            "/predict {'inputs':[['a'],['b']],'model':'intent'}",
            "/similarity {'inputs':{'source_sentence':'a','sentences':['b']}}",
            "/tokenize {'inputs':'a','add_special_tokens':true}",
            "/decode {'ids':[101,102],'skip_special_tokens':true}",
            "/vertex {'instances':[{'inputs':'a'}]}",
            "/v1/embeddings {'input':['a','b'],'model':'x','encoding_format':'float'}",
            "/classify {'input':['a'],'model':'intent'}",
            "/v1/admin/models {'path':'no such folder'}");

    private static final List<String> ODD = List.of(
            "1e400",
            "-1",
            "NaN",
            "Infinity",
            "123456789012345678901234567890",
            "9".repeat(2000),
            "1.5",
            "true",
            "{}",
            "[[[]]]",
            "[null]",
            "{'a':{'b':[1,{}]}}",
            "'" + "x".repeat(50_000) + "'",
            "'unclosed",
            "'\\ud800'",
            "'\\u12'",
            "'\\x'",
            "0x10",
            "01",
            "[".repeat(500),
            "[".repeat(40) + "]".repeat(40),
            "{'a':".repeat(2000),
            "undefined",
            "/*c*/1");

    @TempDir
    static Path parent;

    private static Served served;

    @BeforeAll
    static void start() {
        ServerSettings.Limits limits = new ServerSettings.Limits(16, 20_000, 100_000, Duration.ofMillis(1500));
        served = Served.start(
                Served.tiny(parent.resolve("model"), 1), Served.with(ServerSettings.Batching.DEFAULT, limits));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    /** What is sent, and what came back. */
    private record Sent(String what, int status, String body) {}

    @Test
    void twoThousandMalformedRequestsAreNeverAFaultOfTheServers() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("seed of malformed requests: " + seed);
        int refused = 0;
        try (Connection connection = new Connection()) {
            for (int i = 0; i < Integer.getInteger("polymath.malformed", 2000); i++) {
                String[] valid = VALID.get(random.nextInt(VALID.size())).split(" ", 2);
                byte[] body = broken(valid[1].replace('\'', '"'), random);
                String type = random.nextInt(20) == 0
                        ? List.of(
                                        "text/plain",
                                        "",
                                        ";",
                                        "application/xml",
                                        "application/json; charset=utf-16",
                                        "\u00e9")
                                .get(random.nextInt(6))
                        : "application/json";
                Sent sent = connection.send(valid[0], type, body);
                // A change may leave a request right; a wrong one is told in the shape that its clients read.
                assertThat(sent.status).as("seed " + seed + ": " + sent).isBetween(200, 499);
                if (sent.status < 400) continue;
                refused++;
                JsonNode error = Served.JSON.readTree(sent.body).get("error");
                assertThat(error).as("seed " + seed + ": " + sent).isNotNull();
                String message = error.isObject() ? error.get("message").asText() : error.asText();
                assertThat(message).as("seed " + seed + ": " + sent).isNotBlank();
            }
        }
        assertThat(refused).as("seed " + seed).isGreaterThan(1000);
        assertThat(served.ask("/embed", "{'inputs':'still here'}")).hasSize(1);
    }

    @Test
    void eachKindOfFaultHasItsStatus() throws Exception {
        assertThat(served.refusal("/embed", "{'inputs':'a'")).startsWith("400").contains("not JSON");
        assertThat(served.refusal("/embed", "")).startsWith("400").contains("empty");
        assertThat(served.refusal("/embed", "[]")).startsWith("422").contains("send a JSON object");
        assertThat(served.refusal("/embed", "{'inputs':NaN}")).startsWith("400");
        assertThat(served.refusal("/embed", "{'inputs':'a','inputs':'b'}"))
                .startsWith("400")
                .contains("uplicate");
        assertThat(served.refusal("/embed", "{'inputs':'a'} x")).startsWith("400");
        assertThat(served.refusal("/embed", "{'inputs':" + "[".repeat(1000)))
                .startsWith("400")
                .contains("depth");
        assertThat(served.refusal("/embed", "{'inputs':[1e5]}")).startsWith("422");
        assertThat(served.refusal("/embed", "{'inputs':'" + "x".repeat(20_001) + "'}"))
                .startsWith("422")
                .contains("at most 20000");
        assertThat(served.refusal("/embed", "{'inputs':['" + "a','".repeat(16) + "']}"))
                .startsWith("4");
        assertThat(served.refusal("/embed", "{'inputs':['a'" + ",'a'".repeat(16) + "]}"))
                .startsWith("422")
                .contains("at most 16");
        assertThat(served.refusal("/embed", "{'inputs':'" + " ".repeat(100_001) + "'}"))
                .startsWith("413");
        assertThat(served.send(served.posting("/embed", "a=b").setHeader("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
        try (Connection connection = new Connection()) {
            byte[] noUtf8 = {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'};
            assertThat(connection.send("/embed", "application/json", noUtf8).toString())
                    .contains("not UTF-8");
        }
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedForForEver() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", served.server().port())) {
            OutputStream out = socket.getOutputStream();
            out.write(head("/embed", "application/json", 1000));
            out.flush();
            assertThat(read(socket.getInputStream()).status).isEqualTo(408);
        }
        try (Socket socket = new Socket("127.0.0.1", served.server().port())) {
            OutputStream out = socket.getOutputStream();
            out.write(head("/embed", "application/json", 1000));
            int status = 0;
            for (int i = 0; i < 40 && status == 0; i++) {
                out.write(' ');
                out.flush();
                Thread.sleep(100);
                if (socket.getInputStream().available() > 0) status = read(socket.getInputStream()).status;
            }
            assertThat(status).isEqualTo(408);
        }
    }

    private static byte[] broken(String valid, Random random) {
        String text = valid;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(8));
            String odd = ODD.get(random.nextInt(ODD.size())).replace('\'', '"');
            text = switch (random.nextInt(6)) {
                case 0 -> text.substring(0, at);
                case 1 -> text.substring(0, at) + text.substring(to);
                case 2 -> text.substring(0, at) + odd + text.substring(to);
                case 3 -> text.replaceFirst("\\[[^\\[\\]]*\\]", java.util.regex.Matcher.quoteReplacement(odd));
                case 4 -> text.replaceFirst("\"[^\"]*\":", "\"other\":");
                default -> text.replaceFirst(":\"[^\"]*\"", java.util.regex.Matcher.quoteReplacement(":" + odd));
            };
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(8) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static byte[] head(String path, String type, int length) {
        return ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\nContent-Length: "
                        + length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** One connection after another, each used until the server closes it. */
    private static final class Connection implements AutoCloseable {
        private Socket socket;

        Sent send(String path, String type, byte[] body) throws IOException {
            if (socket == null) socket = new Socket("127.0.0.1", served.server().port());
            OutputStream out = socket.getOutputStream();
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.write(head(path, type, body.length));
            request.write(body);
            Sent sent;
            try {
                out.write(request.toByteArray());
                out.flush();
            } finally {
                sent = read(socket.getInputStream());
            }
            if (sent.what.contains("connection: close")) close();
            return new Sent(path + " " + type + " " + shown(body), sent.status, sent.body);
        }

        private static String shown(byte[] body) {
            return new String(Arrays.copyOf(body, Math.min(body.length, 300)), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            if (socket != null) socket.close();
            socket = null;
        }
    }

    private static Sent read(InputStream in) throws IOException {
        List<String> head = new ArrayList<>();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) throw new IOException("the connection was closed after " + head);
            if (next != '\n') {
                line.write(next);
                continue;
            }
            String text = line.toString(StandardCharsets.ISO_8859_1).strip();
            line.reset();
            if (text.isEmpty()) break;
            head.add(text.toLowerCase(java.util.Locale.ROOT));
        }
        int length = head.stream()
                .filter(each -> each.startsWith("content-length:"))
                .mapToInt(each -> Integer.parseInt(each.substring(15).strip()))
                .findFirst()
                .orElse(0);
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Sent(head.toString(), Integer.parseInt(head.get(0).split(" ")[1]), body);
    }
}
