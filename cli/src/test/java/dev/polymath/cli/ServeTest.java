package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(90)
class ServeTest {
    /** ONNX Runtime takes its environment down when the process ends; requests that are computed then crashed it. */
    @Test
    @DisabledOnOs(OS.WINDOWS) // which has no polite kill
    void aPoliteKillUnderLoadAnswersWhatWasTakenAndIsADoneJob() throws Exception {
        Process process = start("serve", "minilm", "--port", "0", "--batch-tokens", "512");
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertThat(line).matches("polymath: serving minilm at http://127\\.0\\.0\\.1:\\d+ .*");
            URI embed = URI.create(line.replaceAll(".* at (\\S+) .*", "$1/embed"));
            String body = "{\"inputs\":[" + "\"some words that take a while to read\",".repeat(999) + "\"x\"]}";
            HttpClient client = HttpClient.newHttpClient();
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    HttpRequest.newBuilder(embed)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            HttpRequest stats =
                    HttpRequest.newBuilder(embed.resolve("/v1/stats")).build();
            while (client.send(stats, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .endsWith("\"queue\":0}")) {
                assertThat(answer).isNotDone();
                Thread.sleep(5);
            }
            // Not the process itself, which would close its output as well.
            process.toHandle().destroy();
            assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(out.lines()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aCertificateWithoutItsKeyIsOneMessage() throws Exception {
        Process process = start("serve", "minilm", "--cert", "cert.pem");
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.lines()).containsExactly("polymath: --cert and --key go together; --key is missing");
            assertThat(process.waitFor()).isEqualTo(2);
        }
    }

    private static Process start(String... arguments) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "dev.polymath.cli.Main");
        java.command().addAll(List.of(arguments));
        // Not as an option, as in the launcher: ONNX Runtime crashes where the command line is long.
        java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return java.redirectErrorStream(true).start();
    }
}
