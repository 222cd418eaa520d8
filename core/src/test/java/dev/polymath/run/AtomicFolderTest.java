package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void name() {
        folder = parent.resolve("model");
    }

    @Test
    void theNewFolderTakesTheOldOnesPlaceAndNothingElseStays() throws IOException {
        AtomicFolder.replace(folder, content("old"));
        assertThat(text()).isEqualTo("old");
        AtomicFolder.replace(folder, content("new"));
        assertThat(text()).isEqualTo("new");
        assertThat(names(parent)).containsExactly("model");
        assertThat(names(folder)).containsExactly("deep", "file");
    }

    @Test
    void aFullDiskLeavesTheOldFolderWhole() throws IOException {
        AtomicFolder.replace(folder, content("old"));
        for (RuntimeException failure : List.of(
                new UncheckedIOException("cannot write", new IOException("No space left on device")),
                new UncheckedIOException(new IOException("Disk quota exceeded")))) {
            assertThatThrownBy(() -> AtomicFolder.replace(folder, temporary -> {
                        content("half").writeInto(temporary);
                        throw failure;
                    }))
                    .isInstanceOf(InputException.class)
                    .hasMessageMatching(".*(no space|quota).*")
                    .hasMessageContaining(folder.toString());
            assertThat(text()).isEqualTo("old");
            assertThat(names(parent)).containsExactly("model");
        }
    }

    @Test
    void anErrorOfOursLeavesTheOldFolderWholeAndIsNotTheUsersFault() throws IOException {
        AtomicFolder.replace(folder, content("old"));
        assertThatThrownBy(() -> AtomicFolder.replace(folder, temporary -> {
                    throw new IllegalStateException("ours");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(text()).isEqualTo("old");
        assertThat(names(parent)).containsExactly("model");
    }

    @Test
    void aWriterKilledBetweenTheRenamesIsRepairedByTheNextReader() throws IOException {
        AtomicFolder.replace(folder, content("old"));
        Files.move(folder, parent.resolve(".model.old"));
        Files.createDirectory(parent.resolve(".model.writing-1"));
        AtomicFolder.repair(folder);
        assertThat(text()).isEqualTo("old");
        AtomicFolder.repair(folder);
        assertThat(text()).isEqualTo("old");
    }

    @Test
    void aWriterKilledBetweenTheRenamesIsRepairedByTheNextWriterEvenIfThatFails() throws IOException {
        AtomicFolder.replace(folder, content("old"));
        Files.move(folder, parent.resolve(".model.old"));
        assertThatThrownBy(() -> AtomicFolder.replace(folder, temporary -> {
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(InputException.class);
        assertThat(text()).isEqualTo("old");
    }

    @Test
    void aWriterKilledAfterTheRenamesLeavesTheNewFolderAndTheNextWriterCleansUp() throws IOException {
        AtomicFolder.replace(folder, content("new"));
        content("old").writeInto(Files.createDirectory(parent.resolve(".model.old")));
        AtomicFolder.repair(folder);
        assertThat(text()).isEqualTo("new");
        AtomicFolder.replace(folder, content("newer"));
        assertThat(text()).isEqualTo("newer");
        assertThat(names(parent)).containsExactly("model");
    }

    @Test
    void staleTemporaryFoldersGoButNotOneThatIsBeingWritten() throws IOException {
        content("stale").writeInto(Files.createDirectory(parent.resolve(".model.writing-stale")));
        Files.createFile(parent.resolve(".model.writing-stale").resolve(".lock"));
        AtomicFolder.replace(folder, temporary -> {
            AtomicFolder.replace(folder, content("inner"));
            assertThat(temporary).exists();
            content("outer").writeInto(temporary);
        });
        assertThat(text()).isEqualTo("outer");
        assertThat(names(parent)).containsExactly("model");
    }

    @Test
    void foldersAboveAreMadeAndALinkIsFollowed() throws IOException {
        Path deep = parent.resolve("a/b/model");
        AtomicFolder.replace(deep, content("old"));
        Path link = Files.createSymbolicLink(parent.resolve("latest"), deep);
        AtomicFolder.replace(link, content("new"));
        assertThat(Files.readString(deep.resolve("file"))).isEqualTo("new");
        assertThat(link).isSymbolicLink();
    }

    private static AtomicFolder.Content content(String text) {
        return folder -> {
            Files.writeString(folder.resolve("file"), text);
            Files.writeString(Files.createDirectory(folder.resolve("deep")).resolve("file"), text);
        };
    }

    private String text() throws IOException {
        return Files.readString(folder.resolve("file"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
