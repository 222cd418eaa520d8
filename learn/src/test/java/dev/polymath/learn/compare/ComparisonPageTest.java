package dev.polymath.learn.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ComparisonPageTest {
    /** To look at: target/comparison-*.html and .txt. */
    @Test
    void samplesAreWrittenToLookAt() throws IOException {
        write("sample", SampleSummary.of(6, 4, 3, true));
        write("large", SampleSummary.of(12, 8, 3, true));
        write("small", SampleSummary.of(2, 1, 1, false));
    }

    private static void write(String name, Summary summary) throws IOException {
        Path target = Path.of("target");
        Files.writeString(target.resolve("comparison-" + name + ".html"), ComparisonPage.html(summary));
        Files.writeString(target.resolve("comparison-" + name + ".txt"), ComparisonText.toText(summary));
        Files.writeString(target.resolve("comparison-" + name + ".md"), ComparisonText.toMarkdown(summary));
    }
}
