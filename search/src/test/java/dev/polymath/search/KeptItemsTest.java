package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Passage;
import dev.polymath.interaction.Forms;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.run.Input;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.TinyModel;
import dev.polymath.search.SearchQuery.Reranking;
import dev.polymath.task.Answer;
import dev.polymath.task.Embedder;
import dev.polymath.task.Interacting;
import dev.polymath.task.QualityTask;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an index has of a model beside vectors: what tasks keep of passages to rank them anew, and which are left out. */
class KeptItemsTest {
    private static final int SIZE = 8;
    private static final List<Passage> DOCUMENTS = Given.documents(new SplittableRandom(11), 60);

    @TempDir
    static Path models;

    private static Polymath model;

    @TempDir
    Path folder;

    private static List<Task> tasks(QualityTask quality) {
        return List.of(
                new Embedder("embed", Poolings.MEAN),
                comparing("late", new PartSpec("maxsim", Map.of("dimensions", SIZE))),
                comparing("light", new PartSpec("light-cross", Map.of("vectors", 3))),
                quality);
    }

    private static Task comparing(String name, PartSpec form) {
        return new Interacting(name, Forms.CATALOGUE.complete(form), "listwise", 5);
    }

    /** The quality task is fitted on the documents, as on the passages of a collection. */
    @BeforeAll
    static void made() {
        QualityTask quality = new QualityTask("embed-quality", Poolings.MEAN, "", 0.75, List.of());
        ModelFolder.write(models.resolve("unfitted"), TinyModel.contents(1, tasks(quality)));
        List<Example> rows = new ArrayList<>();
        for (Passage each : DOCUMENTS)
            rows.add(new Example(each.whole(), null, new Label.Answering(rows.size() % 2 == 0, 1), 0));
        try (Polymath unfitted = Polymath.open(models.resolve("unfitted"))) {
            Task fitted = quality.calibrated(rows, unfitted.outputs(quality, rows));
            ModelFolder.write(models.resolve("model"), TinyModel.contents(1, tasks((QualityTask) fitted)));
        }
        model = Polymath.open(models.resolve("model"), new Polymath.Settings(1, 2048));
    }

    @AfterAll
    static void closed() {
        model.close();
    }

    private Path index(String name, OtherTasks others) {
        Path index = folder.resolve(name);
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT, others)) {
            DOCUMENTS.forEach(indexer::add);
        }
        return index;
    }

    @ParameterizedTest
    @ValueSource(strings = {"late", "light"})
    void hitsAreRankedByWhatTheIndexKeepsAsByTheTaskItself(String task) {
        Path keeps = index("keeps", OtherTasks.NONE.reranker(task));
        Path plain = index("plain", OtherTasks.NONE);
        try (SearchIndex kept = SearchIndex.open(keeps, model);
                SearchIndex read = SearchIndex.open(plain, model)) {
            for (String text : List.of("kettle leaks water", "rose garden", "train")) {
                SearchQuery query = SearchQuery.of(text).top(20).reranked(new Reranking(15, task));
                List<Hit> hits = kept.search(query);
                List<Hit> others = read.search(query);
                double most = 0;
                for (Hit hit : hits.subList(0, 15)) {
                    String passage = Passage.of("", hit.title(), hit.text()).whole();
                    Answer answer = model.predict(new Input(text, passage), task)
                            .answers()
                            .get(task);
                    double score = ((Answer.Value) answer).value();
                    most = Math.max(most, Math.abs(score));
                    assertThat(hit.score()).isCloseTo(score, within(2e-3 * Math.max(1, most)));
                }
                for (int i = 0; i < 15; i++) {
                    assertThat(others.get(i).score()).isCloseTo(hits.get(i).score(), within(2e-3 * Math.max(1, most)));
                }
            }
        }
    }

    @Test
    void whatIsKeptIsThatOfEachPassage() throws IOException {
        Path index = index("late", OtherTasks.NONE.reranker("late"));
        int passages = 0;
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(index))) {
            for (int document = 0; document < reader.maxDoc(); document++) {
                float[] items = KeptItems.of(reader, document);
                if (items == null) continue;
                assertThat(items.length % SIZE).isZero();
                for (int at = 0; at < items.length; at += SIZE) {
                    double squares = 0;
                    for (int i = at; i < at + SIZE; i++) squares += items[i] * items[i];
                    assertThat(squares).isCloseTo(1, within(5e-3));
                }
                passages++;
            }
        }
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            assertThat(passages).isEqualTo(opened.passages()).isGreaterThan(DOCUMENTS.size());
        }
    }

    @Test
    void longItemsAreKeptInParts() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        float[] items = new float[50_000];
        for (int i = 0; i < items.length; i++) items[i] = random.nextInt(-2048, 2048) / 64f;
        var directory = new ByteBuffersDirectory();
        try (var writer = new IndexWriter(directory, new IndexWriterConfig())) {
            writer.addDocument(new Document());
            var document = new Document();
            KeptItems.add(document, items);
            writer.addDocument(document);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            assertThat(KeptItems.of(reader, 0)).isNull();
            assertThat(KeptItems.of(reader, 1)).containsExactly(items);
        }
    }

    @Test
    void anIndexGoesOnToKeepWhatItKept() {
        Path index = index("late", OtherTasks.NONE.reranker("late"));
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT)) {
            assertThat(indexer.description().kept().task()).isEqualTo("late");
        }
        assertThatThrownBy(() -> Indexer.open(index, model, IndexSettings.DEFAULT, OtherTasks.NONE.reranker("light")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("keeps what task 'late' as it was then has of passages, and asked for is task");
        assertThatThrownBy(() -> index("other", OtherTasks.NONE.reranker("embed")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("task 'embed' keeps nothing of passages");
    }

    @Test
    void whatHardlyAnswersAnythingIsLeftOutBeforeItIsWritten() {
        QualityTask quality = (QualityTask) model.folder().task("embed-quality");
        Path index = folder.resolve("pruned");
        OtherTasks others = OtherTasks.NONE.keep("embed-quality", 0.75);
        // Long documents count as the best of their passages, and so are seldom left out.
        long expected = DOCUMENTS.stream()
                .filter(each ->
                        model.tokenizer().encode(each.whole(), null, 1000).length() <= 64)
                .filter(each -> model.outputs(quality, List.of(new Example(each.whole(), null, null, 0)))
                                .get(0)[0]
                        < quality.threshold(0.75))
                .count();
        assertThat(expected).isBetween(5L, 20L);
        try (Indexer indexer = Indexer.open(index, model, IndexSettings.DEFAULT, others)) {
            DOCUMENTS.forEach(indexer::add);
            indexer.commit();
            assertThat(indexer.leftOut()).isBetween(expected, expected + 3);
            assertThat(indexer.added() + indexer.leftOut()).isEqualTo(DOCUMENTS.size());
        }
        long there;
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            there = opened.size();
            assertThat(there).isLessThan(DOCUMENTS.size());
        }
        try (Indexer again = Indexer.open(index, model, IndexSettings.DEFAULT, others)) {
            DOCUMENTS.forEach(again::add);
            again.commit();
            assertThat(again.added()).isZero();
            assertThat(again.kept()).isEqualTo(there);
        }
        try (Indexer all =
                Indexer.open(index, model, IndexSettings.DEFAULT, OtherTasks.NONE.keep("embed-quality", 1))) {
            DOCUMENTS.forEach(all::add);
        }
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            assertThat(opened.size()).isEqualTo(DOCUMENTS.size());
        }
        assertThatThrownBy(() -> Indexer.open(
                        folder.resolve("x"), model, IndexSettings.DEFAULT, OtherTasks.NONE.keep("embed", 0.5)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'embed-quality'?");
    }
}
