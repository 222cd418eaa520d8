package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.run.Polymath;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may ask, over what, and what is written down of it. */
class AccessTest {
    @TempDir
    static Path parent;

    private static Path model;

    @BeforeAll
    static void write() {
        model = Served.tiny(parent.resolve("model"), 1);
    }

    @Test
    void withKeysOnlyTheirBearersAreAnswered() throws Exception {
        Path keys = Files.writeString(parent.resolve("keys"), "# people\nfirst-key\n\n  second-key\n");
        try (Served served = Served.start(model, settings(keys, null, null))) {
            String body = "{\"inputs\":\"a\"}";
            assertThat(served.post("/embed", body).statusCode()).isEqualTo(401);
            assertThat(served.post("/embed", body).headers().firstValue("WWW-Authenticate"))
                    .contains("Bearer");
            for (String wrong :
                    List.of("Bearer third-key", "Bearer ", "first-key", "Bearer # people", "bearer first-key")) {
                assertThat(served.send(served.posting("/embed", body).header("Authorization", wrong))
                                .statusCode())
                        .as(wrong)
                        .isEqualTo(401);
            }
            for (String right : List.of("Bearer first-key", "Bearer second-key")) {
                assertThat(served.send(served.posting("/embed", body).header("Authorization", right))
                                .statusCode())
                        .isEqualTo(200);
            }
            JsonNode openAi =
                    Served.JSON.readTree(served.post("/v1/embeddings", "{}").body());
            assertThat(openAi.at("/error/code").asText()).isEqualTo("invalid_api_key");
            for (String open : List.of("/health", "/ping", "/ready", "/metrics", "/", "/openapi.json", "/v1/stats")) {
                assertThat(served.get(open).statusCode()).as(open).isEqualTo(200);
            }
            for (String closed : List.of("/info", "/v1/tasks", "/v1/models", "/models")) {
                assertThat(served.get(closed).statusCode()).as(closed).isEqualTo(401);
            }
            String load = "{\"path\":\"" + model + "\"}";
            assertThat(served.post("/v1/admin/models", load).statusCode()).isEqualTo(401);
            assertThat(served.send(served.posting("/v1/admin/models", load)
                                    .header("Authorization", "Bearer first-key")
                                    .header("X-Forwarded-For", "10.0.0.1"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void filesOfKeysAndCertificatesThatAreNoneAreRefused() throws Exception {
        assertRefused(settings(parent.resolve("nothing"), null, null), "there is no file of keys");
        Path empty = Files.writeString(parent.resolve("empty"), "# none\n");
        assertRefused(settings(empty, null, null), "has no key; write one a line");
        assertRefused(
                settings(null, new ServerSettings.Tls(parent.resolve("no.pem"), empty), null), "there is no file");
        assertRefused(settings(null, new ServerSettings.Tls(empty, empty), null), "certificate");
        assertRefused(settings(null, null, parent.resolve("no/folder/log")), "cannot be written");
    }

    @Test
    void aPortInUseIsOneMessage() {
        try (Served served = Served.start(model, settings(null, null, null))) {
            ServerSettings same =
                    settings(null, null, null).onPort(served.server().port());
            assertThatThrownBy(() -> PolymathServer.start(model, same))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(
                            "cannot listen on port " + served.server().port() + " of 127.0.0.1");
        }
    }

    @Test
    void pemFilesMakeItTls() throws Exception {
        Path store = parent.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "for-a-test")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "for-a-test".toCharArray());
        }
        Path certificate =
                pem("cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        Path key = pem(
                "key.pem",
                "PRIVATE KEY",
                keys.getKey("server", "for-a-test".toCharArray()).getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        ServerSettings settings = settings(null, new ServerSettings.Tls(certificate, key), null);
        try (Served served = new Served(PolymathServer.start(model, settings), client)) {
            assertThat(served.server().address()).startsWith("https://127.0.0.1:");
            assertThat(served.ask("/embed", "{'inputs':['over TLS']}")).hasSize(1);
        }
    }

    @Test
    void theLogHasALineARequestAndNoTexts() throws Exception {
        Path log = parent.resolve("access.log");
        try (Served served = Served.start(model, settings(null, null, log))) {
            served.send(served.posting("/embed", "{\"inputs\":[\"secret\",\"words\"]}")
                    .header("X-Request-Id", "abc"));
            served.post("/embed", "{}");
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(2).noneMatch(line -> line.contains("secret"));
        JsonNode first = Served.JSON.readTree(lines.get(0));
        assertThat(first.get("id").asText()).isEqualTo("abc");
        assertThat(first.get("path").asText()).isEqualTo("/embed");
        assertThat(first.get("status").asInt()).isEqualTo(200);
        assertThat(first.get("texts").asInt()).isEqualTo(2);
        assertThat(first.get("ms").asDouble()).isPositive();
        assertThat(Served.JSON.readTree(lines.get(1)).get("failure").asText()).isEqualTo("invalid");
    }

    private static void assertRefused(ServerSettings settings, String message) {
        assertThatThrownBy(() -> PolymathServer.start(model, settings).close())
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    private static Path pem(String name, String what, byte[] der) throws Exception {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return Files.writeString(
                parent.resolve(name), "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    private static ServerSettings settings(Path keys, ServerSettings.Tls tls, Path log) {
        return new ServerSettings(
                "127.0.0.1",
                0,
                ServerSettings.Batching.DEFAULT,
                ServerSettings.Limits.DEFAULT,
                Polymath.Settings.DEFAULT.withThreads(1),
                keys,
                tls,
                log);
    }
}
