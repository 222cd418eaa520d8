package dev.polymath.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class BeirRoundTripTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Provide
    Arbitrary<List<String>> texts() {
        Arbitrary<Integer> points = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of('"', '\\', '\n', '\t', ' ').map(each -> (int) each)),
                Tuple.of(
                        2,
                        Arbitraries.integers()
                                .between(1, 0x10FFFF)
                                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)));
        return points.list()
                .ofMaxSize(10)
                .map(list -> list.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    @Property(tries = 100)
    void whatIsWrittenIsReadBack(@ForAll("texts") List<String> texts, @ForAll long seed) throws IOException {
        Path folder = Files.createTempDirectory("beir");
        try {
            Random random = new Random(seed);
            List<Passage> passages = new ArrayList<>();
            List<Query> queries = new ArrayList<>();
            Map<String, Map<String, Integer>> grades = new HashMap<>();
            StringBuilder corpus = new StringBuilder();
            StringBuilder asked = new StringBuilder();
            StringBuilder qrels = new StringBuilder("query-id\tcorpus-id\tscore\n");
            for (int i = 0; i < texts.size(); i++) {
                Passage passage = passage(i, texts, random);
                passages.add(passage);
                corpus.append(JSON.writeValueAsString(row(passage))).append("\n");
                Query query = new Query("q" + i, "?" + texts.get(i), i + 1);
                queries.add(query);
                asked.append(JSON.writeValueAsString(Map.of("_id", query.id(), "text", query.text())))
                        .append("\r\n");
            }
            for (Query query : queries) {
                for (Passage passage : passages) {
                    if (random.nextInt(3) > 0 && grades.containsKey("q0")) continue;
                    int grade = random.nextInt(5) - 1;
                    grades.computeIfAbsent(query.id(), each -> new HashMap<>()).put(passage.id(), grade);
                    qrels.append(query.id() + "\t" + passage.id() + "\t" + grade + "\n");
                }
            }
            Files.writeString(folder.resolve("corpus.jsonl"), corpus);
            Files.writeString(folder.resolve("queries.jsonl"), asked);
            Files.writeString(Files.createDirectory(folder.resolve("qrels")).resolve("dev.tsv"), qrels);
            BeirFolder beir = BeirFolder.open(folder);
            assertThat(beir.corpus()).isEqualTo(passages);
            assertThat(beir.queries()).isEqualTo(queries);
            assertThat(beir.qrels("dev")).isEqualTo(grades);
        } finally {
            delete(folder);
        }
    }

    private static Passage passage(int index, List<String> texts, Random random) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) fields.put("field" + i, some(texts, random));
        String title = texts.get(random.nextInt(texts.size()));
        return new Passage("p" + index, title, texts.get(index), fields, index + 1);
    }

    private static List<String> some(List<String> texts, Random random) {
        return Stream.generate(() -> texts.get(random.nextInt(texts.size())))
                .limit(1 + random.nextInt(3))
                .toList();
    }

    private static Map<String, Object> row(Passage passage) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("text", passage.text());
        row.put("_id", passage.id());
        row.put("title", passage.title());
        row.put("fields", passage.fields());
        return row;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
