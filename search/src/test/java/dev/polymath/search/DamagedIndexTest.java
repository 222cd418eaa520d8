package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged index says so; it never answers wrongly. */
class DamagedIndexTest {
    private static final int FLIPS = 4;

    @TempDir
    private static Path folder;

    private static Polymath model;
    private static Path whole;
    private static List<Path> files;

    /** An index of a merged segment in many files, one that is packed in one file, and deleted documents. */
    @BeforeAll
    static void make() throws IOException {
        model = Given.open(folder);
        whole = folder.resolve("whole");
        List<Passage> documents = Given.documents(new SplittableRandom(5), 60);
        try (Indexer indexer = Indexer.open(whole, model, IndexSettings.DEFAULT)) {
            documents.subList(0, 20).forEach(indexer::add);
            indexer.commit();
            documents.subList(20, 40).forEach(indexer::add);
            indexer.compact();
            documents.subList(40, 60).forEach(indexer::add);
            indexer.delete(List.of("3", "17"));
        }
        try (Stream<Path> all = Files.list(whole)) {
            files = all.filter(file -> !file.endsWith("write.lock")).toList();
        }
        assertThat(files).hasSizeGreaterThan(12);
        assertThat(files).anyMatch(file -> file.toString().endsWith(".cfs"));
        assertThat(files).anyMatch(file -> file.toString().endsWith(".liv"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aByteThatIsChangedInAnyFileIsAnErrorOrChangesNothing() throws IOException {
        SplittableRandom random = new SplittableRandom(9);
        List<Hit> expected = hits(whole);
        int refused = 0;
        for (Path file : files) {
            for (int flip = 0; flip < FLIPS; flip++) {
                Path damaged = copy();
                byte[] bytes = Files.readAllBytes(file);
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(damaged.resolve(file.getFileName()), bytes);
                try {
                    assertThat(hits(damaged)).as(file.toString()).isEqualTo(expected);
                } catch (InputException e) {
                    assertThat(e).hasMessageStartingWith(damaged.toString());
                    refused++;
                }
            }
        }
        assertThat(refused).isEqualTo(files.size() * FLIPS);
    }

    @Test
    void aFileThatIsCutShortOrMissingIsAnError() throws IOException {
        for (Path file : files) {
            Path cut = copy();
            byte[] bytes = Files.readAllBytes(file);
            Files.write(cut.resolve(file.getFileName()), Arrays.copyOf(bytes, bytes.length / 2));
            assertThatThrownBy(() -> hits(cut)).isInstanceOf(InputException.class);
            Path missing = copy();
            Files.delete(missing.resolve(file.getFileName()));
            assertThatThrownBy(() -> hits(missing)).isInstanceOf(InputException.class);
        }
    }

    @Test
    void nothingIsAddedToADamagedIndex() throws IOException {
        Path damaged = copy();
        Path file = files.stream()
                .filter(each -> each.toString().endsWith(".vec"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged.resolve(file.getFileName()), bytes);
        assertThatThrownBy(() -> Indexer.open(damaged, model, IndexSettings.DEFAULT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is damaged");
    }

    private static List<Hit> hits(Path index) {
        try (SearchIndex opened = SearchIndex.open(index, model)) {
            List<Hit> hits = new ArrayList<>();
            for (SearchMode mode : SearchMode.values()) {
                hits.addAll(opened.search(
                        SearchQuery.of("red kettle garden").mode(mode).top(60)));
            }
            return hits;
        }
    }

    private static Path copy() throws IOException {
        Path copy = Files.createTempDirectory(folder, "copy");
        for (Path file : files) Files.copy(file, copy.resolve(file.getFileName()));
        return copy;
    }
}
