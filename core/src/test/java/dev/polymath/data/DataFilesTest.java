package dev.polymath.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFilesTest {
    @TempDir
    Path folder;

    private Path write(String name, String content) {
        return write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private Path write(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Row> rows(Path file) {
        try (RowReader reader = DataFiles.rows(file)) {
            return reader.stream().toList();
        }
    }

    private static List<Row> sentences(Path file) {
        try (RowReader reader = DataFiles.sentences(file)) {
            return reader.stream().toList();
        }
    }

    /** Every message of a file, to its end. */
    private static List<String> problems(Path file, String... fields) {
        List<String> problems = new ArrayList<>();
        try (RowReader reader = DataFiles.rows(file)) {
            while (reader.hasNext()) {
                try {
                    Row row = reader.next();
                    for (String field : fields) row.field(field);
                } catch (InputException e) {
                    problems.add(e.getMessage());
                }
            }
        }
        return problems;
    }

    @Test
    void csvRowsKnowTheLineWhereTheyStart() {
        Path file = write("a.csv", "text,label\r\n\"two\r\nlines, \"\"quoted\"\"\",yes\r\n\r\nplain,no\r\n");
        List<Row> rows = rows(file);
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).field("text")).isEqualTo("two\r\nlines, \"quoted\"");
        assertThat(rows.get(0).line()).isEqualTo(2);
        assertThat(rows.get(1).field("text")).isEqualTo("plain");
        assertThat(rows.get(1).field("label")).isEqualTo("no");
        assertThat(rows.get(1).line()).isEqualTo(5);
    }

    @Test
    void tsvTakesQuotesAsOrdinaryCharacters() {
        List<Row> rows = rows(write("a.tsv", "text\tlabel\n\"open\t\n12\" disc, red\tdisc"));
        assertThat(rows).extracting(row -> row.field("text")).containsExactly("\"open", "12\" disc, red");
        assertThat(rows).extracting(row -> row.field("label")).containsExactly("", "disc");
        assertThat(rows).extracting(Row::line).containsExactly(2L, 3L);
    }

    @Test
    void jsonlGivesNumbersAndBooleansAsTextAndListsAsValues() {
        Path file = write(
                "a.jsonl",
                """
                {"text": "a", "score": 3.80, "big": 10000000000, "ok": true, "topics": ["x", "y|z", 3]}

                {"text": "b", "score": null, "big": 1e2, "ok": false, "topics": []}
                """);
        List<Row> rows = rows(file);
        assertThat(rows).extracting(row -> row.field("score")).containsExactly("3.80", null);
        assertThat(rows).extracting(row -> row.field("big")).containsExactly("10000000000", "100");
        assertThat(rows).extracting(row -> row.field("ok")).containsExactly("true", "false");
        assertThat(rows).extracting(row -> row.values("topics")).containsExactly(List.of("x", "y|z", "3"), List.of());
        assertThat(rows.get(0).values("text")).isNull();
        assertThat(rows.get(1).line()).isEqualTo(3);
        assertThatThrownBy(() -> rows.get(0).field("topics"))
                .hasMessage(file + ":1: the field 'topics' is a list; one value is expected");
    }

    @Test
    void columnsAreSeparatedByATabOrByRunsOfSpaces() {
        Path file = write(
                "a.txt",
                "-DOCSTART- -X- O\n\n# text = New York\nNew  NNP B-LOC\nYork NNP   I-LOC\r\n\r\n\n# NN O\n\u00a0b\tNN\tO\n");
        List<Row> sentences = sentences(file);
        assertThat(sentences).hasSize(2);
        assertThat(sentences.get(0).column(0)).containsExactly("New", "York");
        assertThat(sentences.get(0).column(2)).containsExactly("B-LOC", "I-LOC");
        assertThat(sentences.get(0).line()).isEqualTo(4);
        assertThat(sentences.get(0).tokenLine(1)).isEqualTo(5);
        assertThat(sentences.get(1).column(0))
                .as("a token # has as many columns as the others")
                .containsExactly("#", "\u00a0b");
    }

    @Test
    void aByteOrderMarkIsPassedOver() {
        assertThat(rows(write("a.csv", "\uFEFFtext\nx\n")).get(0).field("text")).isEqualTo("x");
        assertThat(rows(write("a.tsv", "\uFEFFtext\nx\n")).get(0).field("text")).isEqualTo("x");
        assertThat(rows(write("a.jsonl", "\uFEFF{\"text\":\"x\"}")).get(0).field("text"))
                .isEqualTo("x");
        assertThat(sentences(write("a.conll", "\uFEFFx O\n")).get(0).column(0)).containsExactly("x");
    }

    @Test
    void anEmptyFileIsNamed() {
        for (String name : List.of("a.csv", "a.tsv", "a.jsonl", "a.conll")) {
            Path file = write(name, "");
            assertThat(problems(file)).containsExactly(file + ": the file is empty");
        }
        Path file = write("b.conll", "-DOCSTART- -X- O\n\n");
        assertThat(problems(file)).containsExactly(file + ": there is no sentence");
    }

    @Test
    void aHeaderWithoutRowsIsNamed() {
        for (String name : List.of("a.csv", "a.tsv")) {
            Path file = write(name, "text\n");
            assertThat(problems(file)).containsExactly(file + ": there is a header but no row");
        }
    }

    @Test
    void aMissingColumnNamesTheNearestAndAll() {
        Path csv = write("a.csv", "utterance,intent\nx,y\n");
        assertThat(problems(csv, "uterance"))
                .containsExactly(csv + ":1: there is no column 'uterance'; did you mean 'utterance'?"
                        + " There are utterance, intent");
        Path jsonl = write("a.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\"}\n");
        assertThat(problems(jsonl, "text", "label")).isEmpty();
        assertThat(problems(jsonl, "text", "lable"))
                .containsExactly(jsonl + ": no row has a field 'lable'; did you mean 'label'? There are text, label");
    }

    @Test
    void twoColumnsOfOneNameAreNamed() {
        Path file = write("a.csv", "text,label,text\na,b,c\n");
        assertThat(problems(file)).containsExactly(file + ":1: columns 1 and 3 are both named 'text'");
    }

    @Test
    void everyRowWithTooManyOrTooFewFieldsIsNamed() {
        Path file = write("a.csv", "text,label\na,b\nc\nHello, world,b\nd,e\n");
        assertThat(problems(file))
                .containsExactly(
                        file + ":3: the row has 1 field, the header 2 (text, label)",
                        file + ":4: the row has 3 fields, the header 2 (text, label); a field with a comma needs"
                                + " double quotes around it");
    }

    @Test
    void aQuoteThatNeverClosesIsNamedWhereItOpens() {
        Path file = write("a.csv", "text,label\n\"two\nlines\",x\n\"fine\n\",\"open\nrest,y\nmore,z\n");
        assertThat(problems(file)).containsExactly(file + ":5: a double quote opens here and is closed nowhere behind");
    }

    @Test
    void aQuoteThatSwallowsRowsIsNamedWhereItsRowStarts() {
        Path file = write("a.csv", "text,label\nfine,x\n\"open,y\nmore,z\n\"quoted\",z\n");
        assertThat(problems(file))
                .containsExactly(file + ":3: unbalanced quotes in the row that starts here: a closing quote on line 5"
                        + " is followed by text; a quote inside a quoted field is written twice");
    }

    @Test
    void aByteThatIsNotUtf8IsNamedWithLineAndOffset() {
        byte[] latin = "text,label\nfine,x\ncaf\u00e9,y\nz,y\n".getBytes(StandardCharsets.ISO_8859_1);
        for (String name : List.of("a.csv", "a.tsv", "a.jsonl", "a.conll")) {
            Path file = write(name, latin);
            List<String> problems = problems(file);
            assertThat(problems.get(problems.size() - 1))
                    .isEqualTo(file + ":3: byte 0xE9 at offset 21 is not UTF-8; data files are UTF-8; if this one is"
                            + " Windows-1252, 'iconv -f WINDOWS-1252 -t UTF-8' converts it");
        }
        Path wide = write("w.csv", "text\n".getBytes(StandardCharsets.UTF_16));
        assertThat(problems(wide))
                .containsExactly(
                        wide + ":1: byte 0xFE at offset 0 is not UTF-8; it looks like UTF-16; save it as UTF-8");
    }

    @Test
    void theOffsetOfABrokenByteCountsBehindALongLineToo() {
        byte[] content = ("text\n" + "\u00e4".repeat(100_000) + "\nx?\n").getBytes(StandardCharsets.UTF_8);
        content[content.length - 2] = (byte) 0xC3;
        Path file = write("a.csv", content);
        assertThat(problems(file).get(0)).startsWith(file + ":3: byte 0xC3 at offset 200007 is not UTF-8");
    }

    @Test
    void brokenJsonIsNamedAndReadingGoesOn() {
        Path file =
                write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": oops}\n[1]\n{\"a\":1,\"a\":2}\n{\"text\":\"b\"} x\n");
        List<String> problems = problems(file, "text");
        assertThat(problems).hasSize(4);
        assertThat(problems.get(0)).startsWith(file + ":2: broken JSON: Unrecognized token 'oops'");
        assertThat(problems.get(1)).isEqualTo(file + ":3: a row is a JSON object {...}, and this is of type array");
        assertThat(problems.get(2)).startsWith(file + ":4: broken JSON: Duplicate field 'a'");
        assertThat(problems.get(3)).startsWith(file + ":5: broken JSON: ");
    }

    @Test
    void aLineWithTooFewColumnsIsNamed() {
        Path file = write("a.conll", "New B-LOC\nYork I-LOC\n\nParis\nB-LOC B-LOC\n");
        List<Row> sentences = sentences(file);
        assertThatThrownBy(() -> sentences.get(1).column(1))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ":4: there is no column 1 in 'Paris', only column 0");
        assertThatThrownBy(() -> sentences.get(0).column(-1))
                .hasMessage(file + ":1: there is no column -1 in 'New B-LOC', columns 0 to 1");
    }

    @Test
    void anUnknownExtensionOrFileNamesTheNearest() {
        write("train.csv", "text\n");
        Path file = folder.resolve("trian.csv");
        assertThatThrownBy(() -> DataFiles.rows(file))
                .hasMessage(file + ": there is no such file; did you mean 'train.csv'? There is train.csv");
        Path other = folder.resolve("train.csw");
        assertThatThrownBy(() -> DataFiles.rows(other))
                .hasMessage(other + ": the extension says which format it is, and '.csw' says nothing; did you mean"
                        + " '.csv'? There are .csv, .tsv, .jsonl, .ndjson, .conll");
        Path nowhere = folder.resolve("deta/train.csv");
        assertThatThrownBy(() -> DataFiles.rows(nowhere)).hasMessageContaining("deta is missing too");
    }

    @Test
    void aTextOfAHundredThousandCharactersIsReadWhole() {
        String text = "word ".repeat(20_000);
        assertThat(rows(write("a.csv", "text\n" + text + "\n")).get(0).field("text"))
                .isEqualTo(text);
        assertThat(rows(write("a.jsonl", "{\"text\":\"" + text + "\"}\n"))
                        .get(0)
                        .field("text"))
                .isEqualTo(text);
    }
}
