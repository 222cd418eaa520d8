package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate --data}, on the built-in model. */
class EvaluateCollectionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path data;

    @BeforeEach
    void writeACollection() throws IOException {
        data = folder.resolve("faq");
        Files.createDirectories(data.resolve("qrels"));
        Files.writeString(
                data.resolve("corpus.jsonl"),
                """
                {"_id": "money", "title": "Refunds", "text": "We send your money back within a week."}
                {"_id": "leak", "text": "A kettle that leaks is exchanged for a new one."}
                {"_id": "open", "text": "The shop opens at nine in the morning."}
                {"_id": "post", "text": "Parcels are sent on the day of the order."}
                """);
        Files.writeString(
                data.resolve("queries.jsonl"),
                """
                {"_id": "q1", "text": "When do I get reimbursed?"}
                {"_id": "q2", "text": "leaks"}
                {"_id": "q3", "text": "not judged"}
                """);
        Files.writeString(
                data.resolve("qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq1\tmoney\t1\nq2\tleak\t2\nq2\topen\t0\n");
    }

    private Ran evaluate(Object... more) {
        Object[] arguments = new Object[6 + more.length];
        System.arraycopy(new Object[] {"evaluate", "minilm", "--data", data, "--split", "dev"}, 0, arguments, 0, 6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return Ran.polymath(arguments);
    }

    @Test
    void theModesAreMeasuredAndCompared() throws IOException {
        Path json = folder.resolve("metrics.json");
        Path lines = folder.resolve("queries.jsonl");
        Ran ran = evaluate("--json", json, "--per-query", lines).done();
        assertThat(ran.out())
                .contains("ndcg_10 x100", "mrr_10 x100", "map x100", "recall_100 x100")
                .contains("dense against lexical", "hybrid against lexical", "hybrid against dense");
        JsonNode report = JSON.readTree(json.toFile());
        assertThat(report.get("split").asText()).isEqualTo("dev");
        assertThat(report.get("queries").asInt()).isEqualTo(2);
        assertThat(report.at("/modes/dense/ndcg_10").asDouble()).isCloseTo(1, within(1e-12));
        assertThat(report.at("/modes/lexical/ndcg_10").asDouble()).isCloseTo(0.5, within(1e-12));
        assertThat(report.get("comparisons")).hasSize(12);
        List<String> written = Files.readAllLines(lines);
        assertThat(written).hasSize(2);
        JsonNode first = JSON.readTree(written.get(0));
        assertThat(first.get("query").asText()).isEqualTo("q1");
        assertThat(first.at("/modes/dense/found/0").asText()).isEqualTo("money");
        assertThat(first.at("/modes/dense/mrr_10").asDouble()).isEqualTo(1);
        assertThat(first.at("/modes/lexical/found")).isEmpty();
    }

    @Test
    void anIndexThatIsThereIsMeasuredAsItIs() throws IOException {
        Path index = folder.resolve("index");
        Ran.polymath("index", "minilm", data, "--out", index).done();
        Ran ran = evaluate("--index", index, "--mode", "dense").done();
        assertThat(ran.out()).contains("dense").doesNotContain("lexical", "against");
        Files.writeString(folder.resolve("gone"), "leak\n");
        Ran.polymath("index", "minilm", "--out", index, "--delete", folder.resolve("gone"))
                .done();
        evaluate("--index", index).refused("index lacks passage 'leak'", "the split dev", "another collection");
    }

    @Test
    void slipsAreToldBeforeAnythingIsEmbedded() {
        Ran.polymath("evaluate", "minilm", "--data", data).refused("there is no test.tsv", "did you mean 'dev'?");
        Ran.polymath("evaluate", "minilm", "--data", folder.resolve("fag")).refused("did you mean 'faq'?");
        evaluate("--mode", "dens").refused("there is no mode 'dens'", "did you mean 'dense'?");
        evaluate("--task", "embd").refused("'embd'");
        evaluate("--project", data).refused("--project and --data exclude each other");
        evaluate("--index", folder.resolve("none")).refused("none");
        evaluate("--json", folder).refused("is a folder");
        evaluate("--per-query", folder.resolve("none/out")).refused("does not exist");
        Ran.polymath("evaluate", "minilm", "--mode", "dense").refused("--mode", "--data");
        Ran.polymath("evaluate", "minilm", "--per-query", folder.resolve("out")).refused("--per-query", "--data");
    }
}
