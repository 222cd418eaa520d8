package dev.polymath.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Requests none of which is right, as they are drawn. */
final class MalformedMix {
    /** What is wrong with those whose head is, so that the connection is of no more use. */
    static final String HEAD = "head";
    /** What is wrong with those of a version of HTTP that there is not. */
    static final String VERSION = "version";

    /** Right ones, with single quotes for double; what stands between angles is their first required value. */
    private static final List<String> RIGHT = List.of(
            "/v1/predict {'texts':<['hello there']>,'raw':true}",
            "/v1/predict {'inputs':<[{'text':'a','text2':'b'}]>}",
            "/embed {'inputs':<['hello there','a']>,'truncate':true}",
            "/embed_all {'inputs':<'hello'>}",
            "/rerank {'query':<'a'>,'texts':['b','c'],'raw_scores':false}",
            "/rerank {'query':<'a'>,'documents':['b','c']}",
            "/predict {'inputs':<[['a'],['b']]>}",
            "/similarity {'inputs':<{'source_sentence':'a','sentences':['b']}>}",
            "/tokenize {'inputs':<'a'>,'add_special_tokens':true}",
            "/decode {'ids':<[101,102]>,'skip_special_tokens':true}",
            "/vertex {'instances':<[{'inputs':'a'}]>}",
            "/v1/embeddings {'input':<['a','b']>,'model':'x'}",
            "/classify {'input':<['a']>}",
            "/v1/admin/models {'path':<'no such folder'>}");

    private static final List<String> WRONG_VALUES = List.of(
            "true",
            "-1.5",
            "{'a':{'b':1}}",
            "[null]",
            "[[[]]]",
            "[true]",
            "[{}]",
            "NaN",
            "-Infinity",
            "0x10",
            "01",
            "'\\x'",
            "'\\u12'",
            "undefined",
            "/*c*/1",
            "'unclosed",
            "1e400",
            "123456789012345678901234567890",
            "9".repeat(3000),
            "[1e999]",
            "[-1]",
            "[99999999999]",
            "");

    private static final List<String> WRONG_TYPES = List.of(
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/x-www-form-urlencoded",
            ";");

    private static final List<String> WRONG_BODIES =
            List.of("", "[]", "1", "'a'", "null", "{}", "{'other':1}", "{'inputs':null}", "}", "{'a':1}{'a':2}");

    private static final List<String> WRONG_HEADS = List.of(
            "POST /embed HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
            "POST /embed HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            "\u0001\u0002\u0003 / HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /embed HTTP/1.1\r\nHost: x\r\n: nameless\r\n\r\n",
            "POST /embed HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n",
            "POST /embed HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n",
            "POST /" + "y".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");

    /** What is wrong with it, and all of its bytes. */
    record Drawn(String what, byte[] bytes) {}

    private final Random random;

    MalformedMix(long seed) {
        this.random = new Random(seed);
    }

    Drawn next() {
        String[] right = any(RIGHT).split(" ", 2);
        String path = right[0];
        String plain = quoted(right[1].replace("<", "").replace(">", ""));
        return switch (random.nextInt(12)) {
            case 0 -> post("cut short", path, plain.substring(0, random.nextInt(plain.length())));
            case 1 -> post("nested", path, value(right[1], nested()));
            case 2, 3 -> post("wrong value", path, value(right[1], quoted(any(WRONG_VALUES))));
            case 4 -> post("wrong body", path, quoted(any(WRONG_BODIES)));
            case 5 -> request("wrong type", "POST", path, any(WRONG_TYPES), bytes(plain));
            case 6 -> notUtf8(path, plain);
            case 7 -> post("more behind it", path, plain + any(List.of("x", "{}", "]", ",", "\u00a0")));
            case 8 -> elsewhere(path, plain);
            case 9 -> large(path);
            // HTTP itself has 505 for it.
            case 10 -> new Drawn(VERSION, bytes("POST " + path + " HTTP/7.0\r\nHost: x\r\n\r\n"));
            default -> new Drawn(HEAD, any(WRONG_HEADS).getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    private String nested() {
        int depth = 33 + random.nextInt(3000);
        return random.nextBoolean() ? "[".repeat(depth) + "]".repeat(depth) : quoted("{'a':".repeat(depth));
    }

    private Drawn notUtf8(String path, String plain) {
        byte[] body = bytes(plain);
        body[plain.indexOf('"') + 1] = (byte) (random.nextBoolean() ? 0xff : 0xc0);
        return request("not UTF-8", "POST", path, "application/json", body);
    }

    private Drawn elsewhere(String path, String plain) {
        return random.nextBoolean()
                ? request("no such path", "POST", path + "/" + random.nextInt(1000), "application/json", bytes(plain))
                : request(
                        "wrong method", any(List.of("DELETE", "PUT", "PATCH")), path, "application/json", bytes(plain));
    }

    /** Few are really large, for these take longest to send. */
    private Drawn large(String path) {
        int kind = random.nextInt(100);
        if (kind == 0) return post("large body", path, "{\"a\":\"" + "x".repeat(9 << 20) + "\"}");
        if (kind < 3) return post("long text", "/v1/predict", quoted("{'texts':['" + "x".repeat(1_000_001) + "']}"));
        if (kind < 20) return post("many texts", "/v1/predict", quoted("{'texts':['a'" + ",'a'".repeat(2048) + "]}"));
        return post("unknown task", "/v1/predict", quoted("{'texts':['a'],'tasks':['t" + random.nextInt() + "']}"));
    }

    private static String value(String right, String wrong) {
        return quoted(right.substring(0, right.indexOf('<'))) + wrong + quoted(right.substring(right.indexOf('>') + 1));
    }

    private static Drawn post(String what, String path, String body) {
        return request(what, "POST", path, "application/json", bytes(body));
    }

    private static Drawn request(String what, String method, String path, String type, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                + "\r\nContent-Length: " + body.length + "\r\n\r\n"));
        all.writeBytes(body);
        return new Drawn(what, all.toByteArray());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
