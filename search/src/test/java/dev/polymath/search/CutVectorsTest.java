package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.ExactSearch;
import dev.polymath.data.Passage;
import dev.polymath.data.Scored;
import dev.polymath.embedding.NestedMaps;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.TinyModel;
import dev.polymath.task.Cut;
import dev.polymath.task.Embedder;
import dev.polymath.task.Embedder.Side;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index of a task's shorter vectors, of fewer layers. */
class CutVectorsTest {
    private static final Cut CUT = new Cut(8, 1);

    @TempDir
    Path folder;

    @Test
    void itAnswersAsExactSearchWithTheSameVectors() {
        Path model = model();
        List<Passage> documents = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 60; i++) documents.add(Given.document(random, "d" + i, false));
        Path made = folder.resolve("index");
        try (Polymath polymath = Polymath.open(model)) {
            Given.index(made, polymath, IndexSettings.DEFAULT.cut(CUT), documents);
            Embedder task = ((Embedder) polymath.folder().task("embed"))
                    .cut(CUT, polymath.folder().backbone());
            List<String> texts = documents.stream().map(Passage::whole).toList();
            List<float[]> vectors = polymath.vectors(task, texts, Side.PASSAGE);
            ExactSearch exact =
                    new ExactSearch(documents.stream().map(Passage::id).toList(), vectors);
            // Opened without a word on its vectors: the index knows.
            try (SearchIndex index = SearchIndex.open(made)) {
                assertThat(index.description().dimensions()).isEqualTo(8);
                assertThat(index.description().settings().cut()).isEqualTo(CUT);
                for (int i = 0; i < 5; i++) {
                    String query = Given.words(random, 4);
                    List<Hit> hits = index.search(
                            SearchQuery.of(query).mode(SearchMode.DENSE).top(10).exactly());
                    List<Scored> expected = exact.search(
                            polymath.vectors(task, List.of(query), Side.QUERY).get(0), 10);
                    for (int rank = 0; rank < 10; rank++) {
                        assertThat(hits.get(rank).score())
                                .isCloseTo(expected.get(rank).score(), within(1e-5));
                    }
                }
            }
            itIsRememberedAndOthersAreRefused(made, polymath);
        }
    }

    private void itIsRememberedAndOthersAreRefused(Path made, Polymath model) {
        assertThatThrownBy(() -> Indexer.open(made, model, IndexSettings.DEFAULT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("was made with other settings");
        Indexer.open(made, model, IndexDescription.of(made).settings()).close();
        Path other = folder.resolve("other");
        assertThatThrownBy(() -> Indexer.open(other, model, IndexSettings.DEFAULT.cut(new Cut(9, 0))))
                .isInstanceOf(InputException.class)
                .hasMessage("task 'embed' was not learned to give vectors of dimensions 9; it has dimensions 32, 8");
        Indexer.open(other, model, IndexSettings.DEFAULT).close();
        assertThat(IndexDescription.of(other).digest())
                .isNotEqualTo(IndexDescription.of(made).digest());
    }

    private Path model() {
        PartSpec nested = new PartSpec("matryoshka", Map.of("widths", List.of(8L), "layers", List.of(1L)));
        PartSpec loss = new PartSpec("cosine", Map.of());
        Embedder embed = new Embedder("embed", "embed", Poolings.MEAN, loss, 64, Map.of(), true, nested);
        Path model = folder.resolve("model");
        ModelFolder.Contents drawn = TinyModel.contents(1, List.of(embed));
        NestedMaps maps = embed.maps();
        Weights drawnMaps = maps.rotation(random(32 * 32, 1)).with(maps.depth(1, random(32 * 32, 2), random(32, 3)));
        ModelFolder.write(model, TinyModel.with(drawn, drawnMaps));
        return model;
    }

    private static float[] random(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (float) random.nextGaussian();
        return values;
    }
}
