package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code polymath index} and {@code polymath search}, on the built-in model. */
class SearchTest {
    @TempDir
    private static Path folder;

    private static Path faq;
    private static Path index;

    @BeforeAll
    static void make() throws IOException {
        faq = Files.createDirectories(folder.resolve("faq"));
        Files.writeString(
                faq.resolve("corpus.jsonl"),
                """
                {"_id": "returns", "title": "Returns", "text": "Send it back within 30 days and we refund the money.", "shop": "Leeds", "year": 2023}
                {"_id": "hours", "title": "", "text": "We are open from nine to five, on Sundays from ten.", "shop": "York", "year": 2024}
                {"_id": "kettle", "title": "Kettles", "text": "A kettle that leaks is repaired for free.", "shop": "Leeds", "year": 2025}
                """);
        Files.writeString(
                faq.resolve("queries.jsonl"),
                """
                {"_id": "q1", "text": "when do you close"}
                {"_id": "q2", "text": "get my cash back"}
                """);
        Files.createDirectories(faq.resolve("qrels"));
        Files.writeString(faq.resolve("qrels/train.tsv"), "query-id\tcorpus-id\tscore\nq1\thours\t1\nq2\treturns\t1\n");
        index = folder.resolve("index");
        Ran.polymath("index", "minilm", faq, "--out", index).done();
    }

    @Test
    void aQuestionFindsItsAnswerByMeaning() throws IOException {
        Ran ran = Ran.polymath("search", index, "when", "do", "you", "close", "--json", "--top", 2)
                .done();
        JsonNode json = new ObjectMapper().readTree(ran.out());
        assertThat(json.get("query").asText()).isEqualTo("when do you close");
        assertThat(json.get("hits")).hasSize(2);
        JsonNode first = json.get("hits").get(0);
        assertThat(first.get("id").asText()).isEqualTo("hours");
        assertThat(first.get("fields").get("shop").asText()).isEqualTo("York");
        assertThat(first.has("explanation")).isFalse();
    }

    @Test
    void hitsAreReadableAndSayWhy() {
        Ran ran = Ran.polymath("search", index, "leaking kettle", "--explain").done();
        assertThat(ran.lines().get(0)).startsWith("  1  ").contains("kettle  Kettles");
        assertThat(ran.out())
                .contains("A *kettle* that *leaks* is")
                .contains("words: rank 1, BM25")
                .contains("meaning: rank 1");
    }

    @Test
    void wordsAloneNeedNoModel() {
        Ran ran = Ran.polymath("search", index, "kettle", "--mode", "lexical", "--model", folder.resolve("none"));
        ran.refused("there is no model folder");
        assertThat(Ran.polymath("search", index, "kettle", "--mode", "lexical")
                        .done()
                        .lines()
                        .get(0))
                .contains("kettle  Kettles");
    }

    @Test
    void filtersHold() {
        Ran ran = Ran.polymath("search", index, "kettle", "--filter", "shop=Leeds", "--filter", "year=..2024", "--json")
                .done();
        assertThat(ran.out())
                .contains("\"id\":\"returns\"")
                .doesNotContain("\"id\":\"kettle\"")
                .doesNotContain("\"id\":\"hours\"");
    }

    @Test
    void aFileOfQueriesBecomesATrecRun() throws IOException {
        Path run = folder.resolve("out.trec");
        Ran.polymath("search", index, "--queries", faq.resolve("queries.jsonl"), "--run", run, "--mode", "dense")
                .done();
        List<String> lines = Files.readAllLines(run);
        assertThat(lines).hasSize(6).allMatch(line -> line.matches("q[12] Q0 \\w+ [123] -?[0-9.E-]+ polymath"));
        assertThat(lines.get(0)).startsWith("q1 Q0 hours 1 ");
        assertThat(lines.get(3)).startsWith("q2 Q0 returns 1 ");
    }

    @Test
    void theWeightOfMeaningIsFittedAndKept() {
        Path fitted = folder.resolve("fitted");
        Ran.polymath("index", "minilm", faq, "--out", fitted).done();
        Ran ran = Ran.polymath("search", fitted, "--fit", faq).done();
        assertThat(ran.out()).contains("weighted:1.0").contains("kept: ").contains("fitted on 2 queries");
        String first = Ran.polymath("search", fitted, "kettle", "--json", "--explain")
                .done()
                .out();
        String named = Ran.polymath("search", fitted, "kettle", "--json", "--explain", "--fusion", "rrf")
                .done()
                .out();
        assertThat(first).isNotEqualTo(named);
    }

    @Test
    void exampleSentencesStandForAQuery() throws IOException {
        Path like = Files.writeString(folder.resolve("like.txt"), "opening times\nclosing hours\n");
        Path unlike = Files.writeString(folder.resolve("unlike.txt"), "repair of appliances\n");
        Ran ran = Ran.polymath("search", index, "--like", like, "--unlike", unlike)
                .done();
        assertThat(ran.lines().get(0)).contains("hours");
        Ran.polymath("search", index, "kettle", "--like", like).refused("exclude each other");
    }

    @Test
    void documentsComeAndGo() throws IOException {
        Path changing = folder.resolve("changing");
        Ran.polymath("index", "minilm", faq, "--out", changing).done();
        Path more = Files.writeString(
                folder.resolve("more.jsonl"), "{\"_id\": \"toaster\", \"text\": \"Toasters are sold on Mondays.\"}\n");
        Path gone = Files.writeString(folder.resolve("gone.txt"), "hours\n");
        Ran ran = Ran.polymath("index", "minilm", more, "--out", changing, "--delete", gone)
                .done();
        assertThat(ran.out()).contains("1 documents added");
        assertThat(ran.err()).contains("deleted 1 of 1 ids");
        String all = Ran.polymath("search", changing, "sold", "--mode", "dense", "--json")
                .done()
                .out();
        assertThat(all).contains("toaster", "kettle", "returns").doesNotContain("\"hours\"");
        assertThat(Ran.polymath("index", "minilm", faq, "--out", changing)
                        .done()
                        .out())
                .contains("1 documents added, 2 were there as they are");
    }

    @Test
    void whatIsWrongIsSaidOnce() {
        Ran.polymath("search", folder.resolve("none"), "a").refused("there is no index", "polymath index MODEL CORPUS");
        Ran.polymath("search", index).refused("say what is looked for");
        Ran.polymath("search", index, "a", "--mode", "lexicall").refused("did you mean 'lexical'?");
        Ran.polymath("search", index, "a", "--filter", "shoop=Leeds").refused("did you mean 'shop'?");
        Ran.polymath("search", index, "a", "--rerank", 5).refused("no task that reads pairs and gives a number");
        Ran.polymath("search", index, "a", "--fusion", "rff").refused("did you mean 'rrf'?");
        Ran.polymath("search", index, "a", "--top", 0).refused("0 hits are asked for");
        Ran.polymath("index", "minilm", "--out", index).refused("name a CORPUS");
        Ran.polymath("index", "minilm", folder.resolve("nothing"), "--out", index)
                .refused("nothing");
        Ran.polymath("index", "minilm", faq, "--out", index, "--vectors", "int4")
                .refused("was made with other settings");
        Ran.polymath("index", "minilm", faq, "--out", faq).refused("is not empty, and has no index in it");
        Ran.polymath("search", index, "--queries", faq).refused("--queries needs --run FILE, or --json");
    }
}
