package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.search.SearchQuery.Reranking;
import dev.polymath.task.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fusion, re-ranking, snippets, and what hits say of themselves. */
class HitsTest {
    @TempDir
    private static Path folder;

    private static Polymath model;
    private static SearchIndex index;

    @BeforeAll
    static void make() {
        model = Given.open(folder);
        Path made = folder.resolve("index");
        List<Passage> documents = Given.documents(new SplittableRandom(11), 60);
        Given.index(made, model, IndexSettings.DEFAULT, documents);
        Passage kettles = new Passage(
                "kettles",
                "Leaking kettles",
                "A café sells tea. The lid of the kettle leaked when the kettles boiled! Nobody minds the weather.",
                Map.of(),
                0);
        Given.index(made, model, IndexSettings.DEFAULT, List.of(kettles));
        index = SearchIndex.open(made, model);
    }

    @AfterAll
    static void close() {
        index.close();
        model.close();
    }

    @Test
    void reciprocalRanksAreAddedUp() {
        List<Ranked> words = Ranked.byWords(List.of(new WordSearch.Found(7, 9.0), new WordSearch.Found(8, 5.0)));
        List<Ranked> meaning =
                Ranked.byMeaning(List.of(new VectorSearch.Found(8, 8, 0.9), new VectorSearch.Found(9, 9, 0.8)));
        List<Ranked> fused = Ranked.fused(words, meaning, new Fusion.ReciprocalRank(60));
        assertThat(fused).extracting(Ranked::document).containsExactly(8, 7, 9);
        assertThat(fused.get(0).score()).isCloseTo(1.0 / 62 + 1.0 / 61, within(1e-12));
        assertThat(fused.get(1).score()).isCloseTo(1.0 / 61, within(1e-12));
        assertThat(fused.get(2).score()).isCloseTo(1.0 / 62, within(1e-12));
    }

    @Test
    void weightedScoresAreShareOfTheBest() {
        List<Ranked> words = Ranked.byWords(List.of(new WordSearch.Found(7, 8.0), new WordSearch.Found(8, 2.0)));
        List<Ranked> meaning =
                Ranked.byMeaning(List.of(new VectorSearch.Found(8, 8, 0.6), new VectorSearch.Found(9, 9, 0.2)));
        List<Ranked> fused = Ranked.fused(words, meaning, new Fusion.Weighted(0.75));
        assertThat(fused).extracting(Ranked::document).containsExactly(8, 9, 7);
        // 0.75 * (1.6 / 1.6) + 0.25 * (2 / 8); 0.75 * (1.2 / 1.6); 0.25 * (8 / 8)
        double[] scores = fused.stream().mapToDouble(Ranked::score).toArray();
        assertThat(scores).containsExactly(new double[] {0.8125, 0.5625, 0.25}, within(1e-12));
    }

    @Test
    void aHitSaysWhereItsScoreComesFrom() {
        for (Hit hit : index.search(SearchQuery.of("leaking kettles").explained())) {
            Hit.Explanation why = hit.explanation();
            double sum = (why.words() == null ? 0 : 1.0 / (60 + why.words().rank()))
                    + (why.meaning() == null ? 0 : 1.0 / (60 + why.meaning().rank()));
            assertThat(hit.score()).isCloseTo(sum, within(1e-12)).isEqualTo(why.fused());
            assertThat(why.reranked()).isNaN();
        }
        Hit first = index.search(SearchQuery.of("leaking kettles")
                        .mode(SearchMode.LEXICAL)
                        .explained())
                .get(0);
        assertThat(first.id()).isEqualTo("kettles");
        assertThat(first.explanation().words().terms()).containsOnlyKeys("leak", "kettl");
        assertThat(first.explanation().meaning()).isNull();
        assertThat(index.search(SearchQuery.of("kettle")).get(0).explanation()).isNull();
    }

    @Test
    void theFirstHitsAreReadAnewWithTheQuery() {
        SearchQuery query = SearchQuery.of("broken kettle").top(20);
        List<Hit> before = index.search(query);
        List<Hit> hits =
                index.search(query.reranked(new Reranking(5, "closeness")).explained());
        assertThat(hits).extracting(Hit::id).containsExactlyInAnyOrderElementsOf(ids(before));
        assertThat(hits.subList(0, 5))
                .extracting(Hit::id)
                .containsExactlyInAnyOrderElementsOf(ids(before).subList(0, 5));
        assertThat(ids(hits).subList(5, 20)).isEqualTo(ids(before).subList(5, 20));
        for (Hit hit : hits.subList(0, 5)) {
            Input pair = new Input(
                    "broken kettle", Passage.of("", hit.title(), hit.text()).whole());
            Answer.Value value =
                    (Answer.Value) model.predict(pair, "closeness").answers().get("closeness");
            assertThat(hit.score()).isCloseTo(value.value(), within(1e-4));
            assertThat(hit.explanation().reranked()).isEqualTo(hit.score());
        }
        assertThat(IntStream.range(1, 20))
                .allMatch(i -> hits.get(i - 1).score() >= hits.get(i).score());
        // The only task that fits need not be named.
        assertThat(index.search(query.reranked(new Reranking(5, null))))
                .extracting(Hit::id)
                .isEqualTo(ids(hits));
    }

    @Test
    void onlyATaskOnPairsThatGivesANumberRanksAnew() {
        assertThatThrownBy(() -> index.search(SearchQuery.of("a").reranked(new Reranking(5, "nli"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'nli' does not read pairs and give a number; did you mean 'closeness'?");
        assertThatThrownBy(() -> index.search(SearchQuery.of("a").reranked(new Reranking(5, "closenes"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no task 'closenes'");
    }

    @Test
    void snippetsMarkTheWordsAsTheyStand() {
        Hit hit = index.search(SearchQuery.of("leaking kettles")
                        .mode(SearchMode.LEXICAL)
                        .highlighted(1))
                .get(0);
        assertThat(hit.snippets()).hasSize(1);
        Hit.Snippet snippet = hit.snippets().get(0);
        assertThat(snippet.text()).isEqualTo("The lid of the kettle leaked when the kettles boiled!");
        assertThat(snippet.marks().stream().map(mark -> mark.of(snippet.text())))
                .containsExactly("kettle", "leaked", "kettles");
        assertThat(index.search(SearchQuery.of("leaking kettles")).get(0).snippets())
                .isEmpty();
    }

    @Test
    void aQueryOfAnySignsAndLengthIsAnswered() {
        SplittableRandom random = new SplittableRandom(12);
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 3000; i++) many.append(Integer.toString(i, 36)).append(' ');
        for (String text : List.of("", "   ", "+(\"*:[", "the of and", Given.words(random, 500), many.toString())) {
            for (SearchMode mode : SearchMode.values()) {
                List<Hit> hits = index.search(
                        SearchQuery.of(text).mode(mode).highlighted(2).explained());
                if (mode != SearchMode.LEXICAL) assertThat(hits).hasSize(10);
            }
        }
    }

    @Test
    void aFilterOnAFieldThatNoDocumentHasNamesTheNearest() {
        assertThatThrownBy(() -> index.search(SearchQuery.of("a").where(Filter.of("shp=Leeds"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no document has a field 'shp'; did you mean 'shop'?");
        assertThatThrownBy(() -> index.search(SearchQuery.of("a").where(Filter.of("shop=1..2"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no document has numbers in a field 'shop'");
        assertThatThrownBy(() -> Filter.of("Leeds")).isInstanceOf(InputException.class);
        assertThat(Filter.of("version=1..x")).isEqualTo(new Filter.Is("version", "1..x"));
    }

    @Test
    void aClosedIndexSaysSo() {
        SearchIndex other = SearchIndex.open(folder.resolve("index"));
        other.close();
        other.close();
        assertThatThrownBy(() -> other.search(SearchQuery.of("a").mode(SearchMode.LEXICAL)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> other.search(SearchQuery.of("a"))).isInstanceOf(IllegalStateException.class);
    }

    private static List<String> ids(List<Hit> hits) {
        return hits.stream().map(Hit::id).toList();
    }
}
