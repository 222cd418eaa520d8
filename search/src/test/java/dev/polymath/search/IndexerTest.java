package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.task.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexerTest {
    @TempDir
    private static Path models;

    @TempDir
    private Path folder;

    private static Polymath model;
    private Path index;

    @BeforeAll
    static void open() {
        model = Given.open(models);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @BeforeEach
    void place() {
        index = folder.resolve("index");
    }

    @Test
    void aCollectionIsIndexedOnceHoweverOftenItIsAdded() {
        List<Passage> documents = Given.documents(new SplittableRandom(1), 300);
        Path corpus = Given.write(folder.resolve("corpus.jsonl"), documents);
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            assertThat(indexer.addAll(corpus, IndexingListener.NONE)).isTrue();
            assertThat(indexer.added()).isEqualTo(300);
        }
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            indexer.addAll(corpus, IndexingListener.NONE);
            assertThat(indexer.added()).isZero();
            assertThat(indexer.kept()).isEqualTo(300);
        }
        assertThat(size()).isEqualTo(300);
    }

    @Test
    void indexingThatWasStoppedGoesOnToTheSameIndex() {
        List<Passage> documents = Given.documents(new SplittableRandom(2), 700);
        Path corpus = Given.write(folder.resolve("corpus.jsonl"), documents);
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            boolean whole = indexer.addAll(corpus, new IndexingListener() {
                @Override
                public boolean stop() {
                    return true;
                }
            });
            assertThat(whole).isFalse();
        }
        int first = size();
        assertThat(first).isBetween(1, 699);
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            assertThat(indexer.addAll(corpus, IndexingListener.NONE)).isTrue();
            assertThat(indexer.kept()).isEqualTo(first);
        }
        Path unbroken = folder.resolve("unbroken");
        Given.index(unbroken, model, IndexSettings.DEFAULT, documents);
        assertThat(hits(index)).isEqualTo(hits(unbroken));
    }

    @Test
    void aDocumentWithAKnownIdTakesTheOldOnesPlace() {
        SplittableRandom random = new SplittableRandom(3);
        List<Passage> documents = Given.documents(random, 40);
        Given.index(index, model, IndexSettings.DEFAULT, documents);
        // From one passage to several, from several to one, and only in a field.
        Passage longer = Given.document(random, "0", true);
        Passage shorter = Given.document(random, "3", false);
        Passage relabelled =
                new Passage("5", documents.get(5).title(), documents.get(5).text(), Map.of("shop", List.of("Hull")), 0);
        Given.index(index, model, IndexSettings.DEFAULT, List.of(longer, shorter, relabelled));
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            assertThat(opened.size()).isEqualTo(40);
            for (Passage each : List.of(longer, shorter, relabelled, documents.get(6))) {
                assertThat(opened.document(each.id())).isEqualTo(each);
            }
            List<Hit> hits = opened.search(SearchQuery.of("kettle").where(Filter.of("shop=Hull")));
            assertThat(hits).extracting(Hit::id).containsExactly("5");
            List<Hit> all = opened.search(
                    SearchQuery.of("kettle").mode(SearchMode.DENSE).top(100));
            assertThat(all).extracting(Hit::id).hasSize(40).doesNotHaveDuplicates();
        }
    }

    @Test
    void ofTwoDocumentsWithOneIdTheLaterOneStays() {
        Passage first = Passage.of("a", "", "the first");
        Passage second = Passage.of("a", "", "the second");
        for (int round = 0; round < 2; round++) {
            Given.index(index, model, IndexSettings.DEFAULT, List.of(first, second));
            try (SearchIndex opened = SearchIndex.open(index, model)) {
                assertThat(opened.size()).isEqualTo(1);
                assertThat(opened.document("a")).isEqualTo(second);
            }
        }
    }

    @Test
    void whatIsDeletedIsFoundNoMoreUntilItIsAddedAgain() {
        List<Passage> documents = Given.documents(new SplittableRandom(4), 40);
        Given.index(index, model, IndexSettings.DEFAULT, documents);
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            assertThat(indexer.delete(List.of("3", "4", "no such id"))).isEqualTo(2);
        }
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            assertThat(opened.size()).isEqualTo(38);
            for (SearchMode mode : SearchMode.values()) {
                List<Hit> hits = opened.search(
                        SearchQuery.of(documents.get(3).text()).mode(mode).top(40));
                assertThat(hits).isNotEmpty().extracting(Hit::id).doesNotContain("3", "4");
            }
        }
        Given.index(index, model, IndexSettings.DEFAULT, documents);
        assertThat(size()).isEqualTo(40);
    }

    @Test
    void pruningKeepsTheDocumentsThatATaskValuesMost() {
        List<Passage> documents = Given.documents(new SplittableRandom(9), 41);
        Map<String, Double> values = new HashMap<>();
        for (Passage each : documents) {
            var answer = model.predict(Input.of(each.whole()).inWindows(), "worth")
                    .answers()
                    .get("worth");
            values.put(each.id(), ((Answer.Value) answer).value());
        }
        List<String> best = documents.stream()
                .map(Passage::id)
                .sorted(Comparator.comparing((String id) -> values.get(id)).reversed())
                .limit(31)
                .toList();
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            documents.forEach(indexer::add);
            // Three quarters of 41 are 30.75.
            assertThat(indexer.prune("worth", 0.75)).isEqualTo(10);
            assertThat(indexer.prune("worth", 1)).isZero();
            assertThatThrownBy(() -> indexer.prune("closeness", 0.5))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(
                            "'closeness' gives no number for a text (type regress); did you mean 'worth'?");
        }
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            assertThat(documents.stream().map(Passage::id).filter(id -> opened.document(id) != null))
                    .containsExactlyInAnyOrderElementsOf(best);
        }
    }

    @Test
    void anOpenIndexSeesLaterCommitsWhenItIsRefreshed() {
        List<Passage> documents = Given.documents(new SplittableRandom(5), 20);
        Given.index(index, model, IndexSettings.DEFAULT, documents.subList(0, 10));
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            assertThat(opened.refresh()).isFalse();
            Given.index(index, model, IndexSettings.DEFAULT, documents.subList(10, 20));
            assertThat(opened.size()).isEqualTo(10);
            assertThat(opened.refresh()).isTrue();
            assertThat(opened.size()).isEqualTo(20);
        }
    }

    @Test
    void anIndexOfAnotherModelIsAnError() {
        Given.index(index, model, IndexSettings.DEFAULT, Given.documents(new SplittableRandom(6), 5));
        try (Polymath other = Polymath.open(Given.model(models, 2))) {
            assertThatThrownBy(() -> SearchIndex.open(index, other))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("are not of this model");
            assertThatThrownBy(() -> Indexer.open(index, other, IndexSettings.DEFAULT))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("are not of this model");
        }
    }

    @Test
    void otherSettingsAreAnErrorButThoseOfBm25() {
        List<Passage> documents = Given.documents(new SplittableRandom(7), 5);
        Given.index(index, model, IndexSettings.DEFAULT, documents);
        assertThatThrownBy(() -> Indexer.open(index, model, IndexSettings.DEFAULT.vectors(VectorStorage.INT4)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("was made with other settings");
        Given.index(index, model, IndexSettings.DEFAULT.bm25(0.9, 0.4), documents);
        assertThat(IndexDescription.of(index).settings().k1()).isEqualTo(0.9);
    }

    @Test
    void oneProcessAtATimeWrites() {
        try (Indexer first = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            assertThat(first.description().dimensions()).isEqualTo(32);
            assertThatThrownBy(() -> Indexer.open(index, model, IndexSettings.DEFAULT))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("is being written");
        }
    }

    @Test
    void nothingElseIsOverwritten() throws IOException {
        Files.createDirectories(index);
        Files.writeString(index.resolve("thesis.txt"), "years of work");
        assertThatThrownBy(() -> Indexer.open(index, model, IndexSettings.DEFAULT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no index in it");
        assertThatThrownBy(() -> SearchIndex.open(folder.resolve("none")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no index");
        assertThatThrownBy(() -> SearchIndex.open(index.resolve("thesis.txt")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("it is a file");
    }

    @Test
    void aBrokenRowEndsTheWorkAfterKeepingWhatCameBefore() throws IOException {
        Path corpus = Given.write(folder.resolve("corpus.jsonl"), Given.documents(new SplittableRandom(8), 5));
        Files.writeString(corpus, Files.readString(corpus) + "{\"_id\": \"x\"}\n");
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            assertThatThrownBy(() -> indexer.addAll(corpus, IndexingListener.NONE))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("corpus.jsonl:6: there is no 'text'");
        }
        assertThat(size()).isEqualTo(5);
    }

    private int size() {
        try (SearchIndex opened = SearchIndex.open(index)) {
            return opened.size();
        }
    }

    private static List<Hit> hits(Path index) {
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            List<Hit> hits = new ArrayList<>();
            for (SearchMode mode : SearchMode.values()) {
                hits.addAll(opened.search(
                        SearchQuery.of("red kettle garden").mode(mode).top(1000).exactly()));
            }
            return hits;
        }
    }
}
