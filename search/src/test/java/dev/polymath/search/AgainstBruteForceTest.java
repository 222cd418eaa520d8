package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Passage;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.task.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.lucene.util.SmallFloat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random collections and queries: what an index finds is what looking at every document finds. */
class AgainstBruteForceTest {
    private static final long SEED = 20260;
    private static final int DOCUMENTS = 180;

    @TempDir
    private static Path folder;

    private static Polymath model;
    private static List<Passage> documents;
    private static SearchIndex index;
    /** Vectors of each document's passages. */
    private static final Map<String, float[][]> VECTORS = new HashMap<>();

    @BeforeAll
    static void make() {
        model = Given.open(folder);
        documents = Given.documents(new SplittableRandom(SEED), DOCUMENTS);
        Path made = folder.resolve("index");
        // Without stems, so that this test can part words by spaces.
        Given.index(made, model, IndexSettings.DEFAULT.words(WordAnalysis.STANDARD), documents);
        index = SearchIndex.open(made, model);
        for (Passage each : documents) VECTORS.put(each.id(), vectors(split(each)));
    }

    @AfterAll
    static void close() {
        index.close();
        model.close();
    }

    @Test
    void everyDocumentIsThere() {
        assertThat(index.size()).isEqualTo(DOCUMENTS);
        assertThat(index.passages()).isGreaterThan(DOCUMENTS + DOCUMENTS / 7);
    }

    @Test
    void wordsAreScoredByBm25() {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        for (int round = 0; round < 20; round++) {
            String query = Given.words(random, 1 + random.nextInt(6));
            Map<String, Double> expected = bm25(query, each -> true);
            List<Hit> hits = index.search(SearchQuery.of(query)
                    .mode(SearchMode.LEXICAL)
                    .top(DOCUMENTS)
                    .explained());
            assertSame(hits, expected, 1e-4);
            for (Hit hit : hits) {
                double sum = hit.explanation().words().terms().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum();
                assertThat(sum).isCloseTo(hit.score(), within(1e-4));
            }
        }
    }

    @Test
    void meaningIsTheCosineOfTheNearestPassage() {
        SplittableRandom random = new SplittableRandom(SEED + 2);
        for (int round = 0; round < 5; round++) {
            String query = Given.words(random, 4);
            Map<String, Double> expected = cosines(query, each -> true);
            SearchQuery dense = SearchQuery.of(query).mode(SearchMode.DENSE);
            assertSame(index.search(dense.top(DOCUMENTS).exactly()), expected, 1e-5);
            // With as many candidates as passages the graph leaves none out.
            assertSame(index.search(dense.top(DOCUMENTS)), expected, 1e-5);
            assertThat(ids(index.search(dense.top(10)))).isEqualTo(best(expected, 10));
        }
    }

    @ParameterizedTest
    @EnumSource(VectorStorage.class)
    void theGraphFindsTheNearestWhateverItComparesIn(VectorStorage vectors) {
        Path made = folder.resolve("index." + vectors.key());
        Given.index(made, model, IndexSettings.DEFAULT.vectors(vectors), documents);
        SplittableRandom random = new SplittableRandom(SEED + 3);
        int found = 0;
        try (SearchIndex other = SearchIndex.open(made, model)) {
            for (int round = 0; round < 10; round++) {
                SearchQuery query = SearchQuery.of(Given.words(random, 4))
                        .mode(SearchMode.DENSE)
                        .top(10);
                Set<String> expected = new HashSet<>(ids(other.search(query.exactly())));
                expected.retainAll(ids(other.search(query)));
                found += expected.size();
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(98);
    }

    @Test
    void filtersLeaveExactlyWhatFits() {
        SplittableRandom random = new SplittableRandom(SEED + 4);
        Map<Filter, Predicate<Passage>> filters = Map.of(
                Filter.of("shop=Leeds"), each -> value(each, "shop").equals("Leeds"),
                Filter.of("price=20..40"), each -> between(each, 20, 40),
                Filter.of("price=..7"), each -> between(each, -1, 7),
                Filter.of("tag=kettle"), each -> each.fields().get("tag").contains("kettle"));
        filters.forEach((filter, fits) -> {
            String query = Given.words(random, 4);
            SearchQuery filtered = SearchQuery.of(query).where(filter).top(DOCUMENTS);
            assertSame(index.search(filtered.mode(SearchMode.DENSE)), cosines(query, fits), 1e-5);
            assertSame(index.search(filtered.mode(SearchMode.DENSE).exactly()), cosines(query, fits), 1e-5);
            Set<String> words = bm25(query, fits).keySet();
            assertThat(ids(index.search(filtered.mode(SearchMode.LEXICAL)))).hasSameElementsAs(words);
            Set<String> all = documents.stream().filter(fits).map(Passage::id).collect(Collectors.toSet());
            assertThat(ids(index.search(filtered))).hasSameElementsAs(all);
        });
    }

    @Test
    void filtersAllHold() {
        SearchQuery query = SearchQuery.of("kettle")
                .where(Filter.of("shop=York"))
                .where(Filter.of("price=50.."))
                .top(DOCUMENTS);
        List<String> fit = documents.stream()
                .filter(each -> value(each, "shop").equals("York") && between(each, 50, 1e9))
                .map(Passage::id)
                .toList();
        assertThat(fit).isNotEmpty();
        assertThat(ids(index.search(query))).hasSameElementsAs(fit);
    }

    @Test
    void exampleSentencesAddAndSubtractMeanSimilarities() {
        Meaning meaning = new Meaning(
                List.of("red kettle", "boil water"), List.of("train ticket"), List.of("shop refund", "late", "money"));
        float[][] like = vectors(meaning.like());
        float[][] unlike = vectors(meaning.unlike());
        float[][] and = vectors(meaning.and());
        Map<String, Double> expected = new HashMap<>();
        for (Passage document : documents) {
            for (float[] vector : VECTORS.get(document.id())) {
                double score = mean(vector, like) - mean(vector, unlike) + mean(vector, and);
                expected.merge(document.id(), score, Math::max);
            }
        }
        List<Hit> hits = index.search(SearchQuery.of(meaning).top(DOCUMENTS));
        assertThat(hits)
                .hasSize(DOCUMENTS)
                .isSortedAccordingTo(Comparator.comparing(Hit::score).reversed());
        for (Hit hit : hits) {
            if (expected.containsKey(hit.id())) assertThat(hit.score()).isCloseTo(expected.get(hit.id()), within(1e-4));
        }
    }

    @Test
    void aHitShowsThePassageThatFits() {
        SplittableRandom random = new SplittableRandom(SEED + 5);
        Map<String, Passage> byId = documents.stream().collect(Collectors.toMap(Passage::id, each -> each));
        int parts = 0;
        for (int round = 0; round < 5; round++) {
            for (Hit hit : index.search(SearchQuery.of(Given.words(random, 4))
                    .mode(SearchMode.DENSE)
                    .top(60))) {
                Passage document = byId.get(hit.id());
                assertThat(hit.text()).isEqualTo(hit.place().of(document.text()));
                assertThat(hit.title()).isEqualTo(document.title());
                assertThat(hit.fields()).isEqualTo(document.fields());
                if (hit.text().length() < document.text().length()) parts++;
            }
        }
        assertThat(parts).isPositive();
    }

    // ---- looking at every document

    private static Map<String, Double> bm25(String query, Predicate<Passage> fits) {
        List<List<String>> texts =
                documents.stream().map(each -> List.of(each.whole().split(" "))).toList();
        double mean = texts.stream().mapToInt(List::size).average().orElseThrow();
        Map<String, Double> scores = new HashMap<>();
        for (int i = 0; i < documents.size(); i++) {
            List<String> text = texts.get(i);
            // Lucene keeps a length in one byte.
            double length = SmallFloat.byte4ToInt(SmallFloat.intToByte4(text.size()));
            double score = 0;
            for (String word : query.split(" ")) {
                long having = texts.stream().filter(each -> each.contains(word)).count();
                int times = Collections.frequency(text, word);
                double idf = Math.log(1 + (texts.size() - having + 0.5) / (having + 0.5));
                score += idf * times / (times + 1.2 * (1 - 0.75 + 0.75 * length / mean));
            }
            if (score > 0 && fits.test(documents.get(i)))
                scores.put(documents.get(i).id(), score);
        }
        return scores;
    }

    private static Map<String, Double> cosines(String query, Predicate<Passage> fits) {
        float[] vector = vectors(List.of(query))[0];
        Map<String, Double> scores = new HashMap<>();
        for (Passage document : documents) {
            if (!fits.test(document)) continue;
            for (float[] passage : VECTORS.get(document.id())) {
                scores.merge(document.id(), product(vector, passage), Math::max);
            }
        }
        return scores;
    }

    private static List<String> split(Passage document) {
        PassageSplitter splitter = new PassageSplitter(model.tokenizer(), 64);
        List<Stretch> stretches = splitter.split(document);
        return stretches.stream()
                .map(each -> splitter.read(document, each, stretches.size() == 1))
                .toList();
    }

    private static float[][] vectors(List<String> texts) {
        return model.predict(texts.stream().map(Input::of).toList(), List.of("embed")).stream()
                .map(each -> ((Answer.Vector) each.answers().get("embed")).values())
                .toArray(float[][]::new);
    }

    private static double mean(float[] vector, float[][] sentences) {
        double sum = 0;
        for (float[] sentence : sentences) sum += product(vector, sentence);
        return sum / sentences.length;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }

    private static String value(Passage document, String field) {
        return document.fields().get(field).get(0);
    }

    private static boolean between(Passage document, double least, double most) {
        List<String> values = document.fields().get("price");
        if (values == null) return false;
        double price = Double.parseDouble(values.get(0));
        return price >= least && price <= most;
    }

    // ---- comparing

    private static List<String> ids(List<Hit> hits) {
        return hits.stream().map(Hit::id).toList();
    }

    private static List<String> best(Map<String, Double> scores, int top) {
        List<String> ids = new ArrayList<>(scores.keySet());
        ids.sort(Comparator.comparing((String id) -> scores.get(id)).reversed());
        return ids.subList(0, top);
    }

    private static void assertSame(List<Hit> hits, Map<String, Double> expected, double tolerance) {
        assertThat(ids(hits)).doesNotHaveDuplicates().hasSameElementsAs(expected.keySet());
        assertThat(hits).isSortedAccordingTo(Comparator.comparing(Hit::score).reversed());
        for (Hit hit : hits) {
            assertThat(hit.score()).as(hit.id()).isCloseTo(expected.get(hit.id()), within(tolerance));
        }
    }
}
