package dev.polymath.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeirFolderTest {
    private static final String CORPUS =
            """
            {"_id": "kettle", "title": "Kettles", "text": "They leak.", "metadata": {"shop": "Leeds"}}
            {"_id": "7", "title": "", "text": "No title."}

            {"_id": "bare", "text": ""}
            """;
    private static final String QUERIES =
            """
            {"_id": "q1", "text": "Why does it leak?", "metadata": {}}
            {"_id": 2, "text": "Where?"}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void writeAWholeFolder() {
        write("corpus.jsonl", CORPUS);
        write("queries.jsonl", QUERIES);
        write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tkettle\t2\nq1\t7\t0\n2\tbare\t1\n");
        write("qrels/train.tsv", "score\tquery-id\tcorpus-id\r\n-1\t2\t7\r\n");
    }

    private Path write(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void passagesQueriesAndJudgementsAreReadInTheOrderOfTheirFiles() {
        BeirFolder beir = BeirFolder.open(folder);
        assertThat(beir.path()).isEqualTo(folder);
        assertThat(beir.corpus())
                .containsExactly(
                        new Passage("kettle", "Kettles", "They leak.", Map.of("shop", List.of("Leeds")), 1),
                        new Passage("7", "", "No title.", Map.of(), 2),
                        new Passage("bare", "", "", Map.of(), 4));
        assertThat(beir.queries())
                .containsExactly(new Query("q1", "Why does it leak?", 1), new Query("2", "Where?", 2));
        assertThat(beir.splits()).containsExactly("test", "train");
        assertThat(beir.qrels("test")).isEqualTo(Map.of("q1", Map.of("kettle", 2, "7", 0), "2", Map.of("bare", 1)));
        assertThat(beir.qrels("test").keySet()).containsExactly("q1", "2");
        assertThat(beir.qrels("train")).isEqualTo(Map.of("2", Map.of("7", -1)));
        assertThat(beir.qrels("train", Set.of("2"), Set.of("7"))).isEqualTo(beir.qrels("train"));
    }

    @Test
    void theWholeOfAPassageIsTitleAndText() {
        assertThat(Passage.of("1", "Kettles", "They leak.").whole()).isEqualTo("Kettles They leak.");
        assertThat(Passage.of("1", "", "They leak.").whole()).isEqualTo("They leak.");
        assertThat(Passage.of("1", " ", "They leak.").whole()).isEqualTo("They leak.");
        assertThat(Passage.of("1", "Kettles", "").whole()).isEqualTo("Kettles");
    }

    @Test
    void whateverElseIsInARowIsAField() {
        write(
                "corpus.jsonl",
                """
                {"_id":"1","text":"t","year":1999,"price":2.50,"new":true,"none":null,"tags":["a","b"],"empty":[],\
                "fields":{"shop":"Leeds","tags":["c"]},"metadata":{"url":"http://x"},"authors":[{"name":"A"},{"name":"B"}],\
                "at":{"far":{"away":1}}}
                {"_id":"2","text":"t","fields":"loose","metadata":["m"]}
                """);
        List<Passage> corpus = BeirFolder.open(folder).corpus();
        assertThat(corpus.get(0).fields())
                .containsExactly(
                        Map.entry("year", List.of("1999")),
                        Map.entry("price", List.of("2.50")),
                        Map.entry("new", List.of("true")),
                        Map.entry("tags", List.of("a", "b", "c")),
                        Map.entry("shop", List.of("Leeds")),
                        Map.entry("url", List.of("http://x")),
                        Map.entry("authors.name", List.of("A", "B")),
                        Map.entry("at.far.away", List.of("1")));
        assertThat(corpus.get(1).fields())
                .containsExactly(Map.entry("fields", List.of("loose")), Map.entry("metadata", List.of("m")));
    }

    @Test
    void aNumberWithAHugeExponentIsNotWrittenOut() {
        write("corpus.jsonl", "{\"_id\":\"1\",\"text\":\"t\",\"n\":1e999999999}\n");
        assertThat(BeirFolder.open(folder).corpus().get(0).fields()).containsEntry("n", List.of("1E+999999999"));
    }

    @Test
    void aCorpusIsAFolderOrALoneFile() {
        Path lone = write("other/passages.jsonl", CORPUS);
        for (Path corpus : List.of(lone, folder)) {
            try (PassageReader reader = PassageReader.of(corpus)) {
                assertThat(reader.stream().map(Passage::id)).containsExactly("kettle", "7", "bare");
            }
        }
        assertThatThrownBy(() -> PassageReader.of(folder.resolve("other/passage.jsonl")))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("there is no such file; did you mean 'passages.jsonl'? There is passages.jsonl");
    }

    @Test
    void everyWrongPassageIsNamedAndReadingGoesOnBehindIt() {
        Path file = write(
                "corpus.jsonl",
                """
                {"_id":"1","text":"fine"}
                {"_id":"2","txt":"slip"}
                {"text":"nameless"}
                {"_id":"1","text":"again"}
                {"_id":" ","text":"blank"}
                {"_id":"3","text":null}
                {"_id":"4","text":["a"]}
                {"_id":"5","title":{"a":1},"text":"a"}
                {"_id":"6","text":oops}
                {"_id":"8","text":"fine"}
                """);
        List<String> expected = List.of(
                file + ":2: there is no 'text'; did you mean 'txt'? There are _id, txt",
                file + ":3: there is no '_id'; did you mean 'text'? There is text",
                file + ":4: the _id '1' is that of line 1 too",
                file + ":5: '_id' is empty",
                file + ":6: 'text' is null; a text is expected",
                file + ":7: 'text' is a list; a text is expected",
                file + ":8: 'title' is an object; a text is expected");
        List<String> problems = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        try (PassageReader reader = BeirFolder.open(folder).passages()) {
            while (reader.hasNext()) {
                try {
                    ids.add(reader.next().id());
                } catch (InputException e) {
                    problems.add(e.getMessage());
                }
            }
        }
        assertThat(ids).containsExactly("1", "8");
        assertThat(problems).hasSize(8).startsWith(expected.toArray(String[]::new));
        assertThat(problems.get(7)).startsWith(file + ":9: broken JSON: ");
        assertThatThrownBy(() -> BeirFolder.open(folder).corpus())
                .isInstanceOf(InputException.class)
                .hasMessage(String.join("\n", problems));
    }

    @Test
    void anEmptyCorpusIsNamed() {
        Path file = write("corpus.jsonl", "\n");
        assertThatThrownBy(() -> BeirFolder.open(folder).corpus())
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": the file is empty");
    }

    @Test
    void everyWrongQueryIsNamed() {
        Path file = write("queries.jsonl", "{\"_id\":\"q\",\"text\":\" \"}\n{\"_id\":\"q\",\"text\":\"a\"}\n[]\n");
        assertThatThrownBy(() -> BeirFolder.open(folder).queries())
                .isInstanceOf(InputException.class)
                .hasMessage(file + ":1: the text of the query is empty\n" + file
                        + ":2: the _id 'q' is that of line 1 too\n" + file
                        + ":3: a row is a JSON object {...}, and this is of type array");
    }

    @Test
    void everyWrongJudgementIsNamedWithTheNearestChoice() {
        Path file = write(
                "qrels/test.tsv",
                "query-id\tcorpus-id\tscore\nq1\tkettle\t1\nq11\tkettle\t1\nq1\tketle\t1\nq1\t7\t1.5\nq1\tkettle\t0\n"
                        + "q1\t7\n");
        assertThatThrownBy(() -> BeirFolder.open(folder).qrels("test"))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ":3: there is no query with the _id 'q11'; did you mean 'q1'?\n" + file
                        + ":4: there is no passage with the _id 'ketle'; did you mean 'kettle'?\n" + file
                        + ":5: the score '1.5' is not a whole number\n" + file
                        + ":6: query 'q1' and passage 'kettle' are judged on line 2 too\n" + file
                        + ":7: the row has 2 fields, the header 3 (query-id, corpus-id, score)");
    }

    @Test
    void manyWrongJudgementsAreCounted() {
        StringBuilder rows = new StringBuilder("query-id\tcorpus-id\tscore\n");
        for (int i = 0; i < 50; i++) rows.append("q1\tx").append(i).append("\t1\n");
        write("qrels/test.tsv", rows.toString());
        assertThatThrownBy(() -> BeirFolder.open(folder).qrels("test"))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("\nand 30 more")
                .extracting(e -> e.getMessage().lines().count())
                .isEqualTo(21L);
    }

    @Test
    void judgementsWithoutTheirHeaderAreNamedOnce() {
        Path trec = write("qrels/trec.tsv", "q1\t0\tkettle\t1\n");
        assertThatThrownBy(() -> BeirFolder.open(folder).qrels("trec"))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        trec + ":1: the first line is 'q1\t0\tkettle\t1'; a header is expected: query-id, corpus-id,"
                                + " score, separated by tabs");
        Path slip = write("qrels/slip.tsv", "query-id\tcorpusid\tscore\nq1\t7\t1\nq1\tkettle\t1\n");
        assertThatThrownBy(() -> BeirFolder.open(folder).qrels("slip"))
                .isInstanceOf(InputException.class)
                .hasMessage(slip + ":1: there is no column 'corpus-id'; did you mean 'corpusid'? There are query-id,"
                        + " corpusid, score");
        Path empty = write("qrels/empty.tsv", "");
        assertThatThrownBy(() -> BeirFolder.open(folder).qrels("empty"))
                .isInstanceOf(InputException.class)
                .hasMessage(empty + ": the file is empty");
    }

    @Test
    void whatIsMissingIsNamedWithTheNearestChoice() throws IOException {
        BeirFolder beir = BeirFolder.open(folder);
        assertThatThrownBy(() -> beir.qrels("tests"))
                .isInstanceOf(InputException.class)
                .hasMessage(folder.resolve("qrels")
                        + ": there is no tests.tsv; did you mean 'test'? There are test, train");
        Files.delete(folder.resolve("queries.jsonl"));
        assertThatThrownBy(beir::queries).hasMessageContaining("queries.jsonl: there is no such file; did you mean");
        Path slip = Files.createDirectory(folder.resolve("slip"));
        Files.writeString(slip.resolve("corpus.json"), CORPUS);
        assertThatThrownBy(() -> BeirFolder.open(slip))
                .isInstanceOf(InputException.class)
                .hasMessage(slip + ": there is no corpus.jsonl in this folder; did you mean 'corpus.json'? There is"
                        + " corpus.json");
        assertThatThrownBy(() -> BeirFolder.open(folder.resolve("slib")))
                .hasMessage(folder.resolve("slib")
                        + ": there is no such folder; did you mean 'slip'? There are qrels, slip");
        assertThatThrownBy(() -> BeirFolder.open(folder.resolve("corpus.jsonl")))
                .hasMessageContaining("is a file; a folder with corpus.jsonl, queries.jsonl and qrels/ is expected");
        assertThatThrownBy(() -> BeirFolder.open(folder.resolve("no/where"))).hasMessageContaining("no is missing too");
    }

    @Test
    void aFolderWithoutJudgementsHasNoSplit() throws IOException {
        Path lone = Files.createDirectory(folder.resolve("lone"));
        Files.writeString(lone.resolve("corpus.jsonl"), CORPUS);
        assertThat(BeirFolder.open(lone).splits()).isEmpty();
        assertThat(BeirFolder.open(lone).corpus()).hasSize(3);
        assertThatThrownBy(() -> BeirFolder.open(lone).qrels("test"))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("there is no test.tsv, nor any other split");
    }
}
