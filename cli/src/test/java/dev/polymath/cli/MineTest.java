package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code polymath mine} with the built-in model. */
class MineTest {
    @TempDir
    Path folder;

    @BeforeEach
    void collection() throws IOException {
        Files.createDirectories(folder.resolve("faq/qrels"));
        Files.writeString(
                folder.resolve("faq/corpus.jsonl"),
                """
                {"_id":"a","title":"","text":"A kettle that leaks is repaired for free."}
                {"_id":"b","title":"","text":"Our kettle range comes in three colours."}
                {"_id":"c","title":"","text":"Water drips from my boiler."}
                {"_id":"d","title":"","text":"Gift cards do not expire."}
                """);
        Files.writeString(folder.resolve("faq/queries.jsonl"), "{\"_id\":\"q\",\"text\":\"my kettle leaks water\"}\n");
        Files.writeString(folder.resolve("faq/qrels/train.tsv"), "query-id\tcorpus-id\tscore\nq\ta\t1\n");
    }

    @Test
    void whatLooksRightAndIsNotIsFound() throws IOException {
        Path out = folder.resolve("mined.jsonl");
        Ran ran = Ran.polymath("mine", "minilm", folder.resolve("faq"), "--out", out, "--top", 3)
                .done();
        assertThat(ran.out()).contains("1 queries");
        assertThat(ran.err()).contains("passages 4/4", "queries 1/1");
        JsonNode found = new ObjectMapper().readTree(Files.readString(out));
        assertThat(found.get("query").asText()).isEqualTo("q");
        List<String> passages =
                found.get("passages").valueStream().map(JsonNode::asText).toList();
        assertThat(passages).contains("b", "c").doesNotContain("a").doesNotHaveDuplicates();
    }

    @Test
    void slipsAreOneMessage() {
        Path faq = folder.resolve("faq");
        Path out = folder.resolve("mined.jsonl");
        Ran.polymath("mine", "minilm", faq, "--out", out, "--mode", "lexicl").refused("no mode 'lexicl'", "'lexical'");
        Ran.polymath("mine", "minilm", faq, "--out", out, "--teacher", "x").refused("no task of type rerank");
        Ran.polymath("mine", "minilm", faq, "--out", out, "--margin", 1).refused("--margin needs --teacher");
        Ran.polymath("mine", "minilm", faq, "--out", out, "--split", "dev").refused("train");
        assertThat(out).doesNotExist();
    }
}
