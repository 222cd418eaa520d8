package dev.polymath.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measurements of search run, on small collections and a small model. */
class SearchBenchesTest {
    private static final List<String> TEXTS = List.of(
            "a kettle that leaks is repaired for free",
            "send it back within thirty days and we refund the money",
            "we are open from nine to five on weekdays",
            "the train to the mountains leaves at noon",
            "bread and honey from the farm by the river");

    @TempDir
    private static Path folder;

    private static Path suite;
    private static Path model;

    @BeforeAll
    static void make() throws IOException {
        suite = folder.resolve("suite");
        for (String set : ManyPassages.SETS) {
            Path collection = suite.resolve(set);
            Files.createDirectories(collection.resolve("qrels"));
            StringBuilder corpus = new StringBuilder();
            for (int i = 0; i < TEXTS.size(); i++) {
                corpus.append("{\"_id\": \"" + i + "\", \"text\": \"" + TEXTS.get(i) + " " + set + "\"}\n");
            }
            Files.writeString(collection.resolve("corpus.jsonl"), corpus);
            Files.writeString(
                    collection.resolve("queries.jsonl"),
                    "{\"_id\": \"q\", \"text\": \"leaking kettles\"}\n{\"_id\": \"r\", \"text\": \"money back\"}\n");
            Files.writeString(collection.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\t0\t1\nr\t1\t1\n");
        }
        model = folder.resolve("model");
        UntrainedModel.tiny(model);
    }

    @Test
    void qualityIsMeasuredOnEveryCollection() {
        List<String> lines = run("search", suite, "--model", model, "--work", folder.resolve("work"));
        assertThat(lines).hasSize(2 + ManyPassages.SETS.size());
        // Both queries have words of their documents, by their stems.
        assertThat(lines).anyMatch(line -> line.startsWith("| med | 5 | 5 | 2 | 1.0000 | "));
    }

    @Test
    void rateAndRecallAreMeasured() {
        List<String> lines =
                run("index", suite, "--model", model, "--embed", 1000, "--passages", 1500, "--vectors", "int8");
        assertThat(lines)
                .anyMatch(line -> line.matches("\\| 500 \\| indexing \\| [0-9.]+ \\| [0-9.]+ \\| [0-9.]+ \\|"));
        assertThat(lines).anyMatch(line -> line.startsWith("| int8 | 200 | 1.0000 | "));
    }

    private static List<String> run(Object... arguments) {
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) texts[i] = arguments[i].toString();
        PrintStream out = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            assertThat(Main.run(texts)).isZero();
        } finally {
            System.setOut(out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
