package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramDigestTest {
    @TempDir
    private Path folder;

    @Test
    void theProgramIsItsClassesInAFolderOrAJar() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes/p"));
        Files.writeString(classes.resolve("A.class"), "a");
        Files.writeString(classes.resolve("table.tsv"), "t");
        String digest = ofClasses();
        Path jar = folder.resolve("p.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String name : List.of("META-INF/MANIFEST.MF", "p/table.tsv", "p/A.class")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("a".getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(ProgramDigest.of(name -> true, jar)).isEqualTo(digest);
        Files.writeString(classes.resolve("table.tsv"), "u");
        assertThat(ofClasses()).isEqualTo(digest);
        Files.writeString(classes.resolve("B.class"), "b");
        assertThat(ofClasses()).isNotEqualTo(digest);
        assertThat(ProgramDigest.of(name -> !name.startsWith("p/B"), folder.resolve("classes")))
                .isEqualTo(digest);
        Files.writeString(classes.resolve("A.class"), "b");
        assertThat(ProgramDigest.of(name -> !name.startsWith("p/B"), folder.resolve("classes")))
                .isNotEqualTo(digest);
    }

    private String ofClasses() {
        return ProgramDigest.of(name -> true, folder.resolve("classes"));
    }
}
