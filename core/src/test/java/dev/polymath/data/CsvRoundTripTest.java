package dev.polymath.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

class CsvRoundTripTest {
    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    @Provide
    Arbitrary<List<Tuple2<String, String>>> pairs() {
        Arbitrary<Integer> points = Arbitraries.integers()
                .between(1, 0x10FFFF)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
        Arbitrary<Integer> awkward = Arbitraries.of((int) '"', (int) ',', (int) '\n', (int) '\r', (int) ' ', 0xFEFF);
        Arbitrary<String> texts = Arbitraries.frequencyOf(Tuple.of(3, awkward), Tuple.of(2, points))
                .list()
                .ofMaxSize(12)
                .map(list -> list.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
        return texts.flatMap(a -> texts.map(b -> Tuple.of(a, b)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Property(tries = 300)
    void whatIsWrittenQuotedIsReadBack(@ForAll("pairs") List<Tuple2<String, String>> pairs) throws IOException {
        Path file = Files.createTempFile("round-trip", ".csv");
        try {
            List<Long> lines = new ArrayList<>();
            long line = 2;
            try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
                out.write("a,b\n");
                for (Tuple2<String, String> pair : pairs) {
                    String row = quoted(pair.get1()) + "," + quoted(pair.get2());
                    out.write(row + "\n");
                    lines.add(line);
                    line += row.split("\r\n|\r|\n", -1).length;
                }
            }
            try (RowReader reader = DataFiles.rows(file)) {
                List<Row> rows = reader.stream().toList();
                assertThat(rows)
                        .extracting(row -> Tuple.of(row.field("a"), row.field("b")))
                        .containsExactlyElementsOf(pairs);
                assertThat(rows).extracting(Row::line).containsExactlyElementsOf(lines);
            }
        } finally {
            Files.delete(file);
        }
    }
}
