package dev.polymath.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command starts, and gets as far as opening a model, where neither learn nor libtorch is on the class path. */
class UsingWithoutLearningTest {
    @TempDir
    private Path folder;

    @Test
    void theCommandStarts() throws Exception {
        assertThat(run("--version")).startsWith("0 polymath");
    }

    @Test
    void predictLooksForItsModel() throws Exception {
        assertThat(run("predict", folder.resolve("none").toString())).startsWith("2 polymath: there is no model");
    }

    @Test
    void evaluateLooksForItsModel() throws Exception {
        assertThat(run("evaluate", folder.resolve("none").toString())).startsWith("2 polymath: there is no model");
    }

    @Test
    void serveLooksForItsModel() throws Exception {
        assertThat(run("serve", folder.resolve("none").toString())).startsWith("2 polymath: there is no model");
    }

    @Test
    void indexLooksForItsModel() throws Exception {
        Path corpus = Files.writeString(folder.resolve("corpus.jsonl"), "{\"_id\": \"a\", \"text\": \"b\"}\n");
        String[] arguments = {"index", folder.resolve("none").toString(), corpus.toString(), "--out", "index"};
        assertThat(run(arguments)).startsWith("2 polymath: there is no model");
    }

    @Test
    void searchLooksForItsIndex() throws Exception {
        assertThat(run("search", folder.resolve("none").toString(), "a")).startsWith("2 polymath: there is no index");
    }

    /** The exit code and what was printed. */
    private static String run(String... arguments) throws IOException, InterruptedException {
        String everything = System.getProperty("java.class.path");
        String use = Arrays.stream(everything.split(File.pathSeparator))
                .filter(entry -> !entry.contains("polymath-learn") && !entry.contains("bytedeco"))
                .filter(entry -> !Path.of(entry).endsWith(Path.of("learn", "target", "classes")))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(use).isNotEqualTo(everything).doesNotContain("pytorch");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                use,
                "dev.polymath.cli.Main");
        java.command().addAll(Arrays.asList(arguments));
        Process process = java.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + printed;
    }
}
