package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.data.Passage;
import dev.polymath.run.Polymath;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that indexes is killed again and again: what it had committed is there, once, and the next one goes on. */
class KilledTest {
    private static final int DOCUMENTS = 1000;
    private static final int KILLS = 3;

    @TempDir
    private Path folder;

    @Test
    void whatWasCommittedIsThereAndTheRestFollows() throws Exception {
        SplittableRandom random = new SplittableRandom(77);
        List<Passage> documents = Given.documents(random, DOCUMENTS);
        Path corpus = Given.write(folder.resolve("corpus.jsonl"), documents);
        Path index = folder.resolve("index");
        Path model = Given.model(folder, 1);
        long committed = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            committed = Math.max(committed, killed(model, corpus, index, random.nextInt(150)));
            if (committed > 0) assertThere(index, documents, committed);
        }
        Process last = start(model, corpus, index);
        try (BufferedReader out = last.inputReader()) {
            assertThat(out.lines().toList()).last().isEqualTo("done");
        }
        assertThere(index, documents, DOCUMENTS);
        Path unbroken = folder.resolve("unbroken");
        try (Polymath opened = Given.open(folder)) {
            Given.index(unbroken, opened, IndexSettings.DEFAULT, documents);
            try (SearchIndex one = SearchIndex.open(index, opened);
                    SearchIndex other = SearchIndex.open(unbroken, opened)) {
                assertThat(one.passages()).isEqualTo(other.passages());
                for (SearchMode mode : SearchMode.values()) {
                    SearchQuery query = SearchQuery.of("leaking red kettle")
                            .mode(mode)
                            .top(50)
                            .exactly();
                    assertThat(one.search(query)).isEqualTo(other.search(query));
                }
            }
        }
    }

    /** The line up to which documents had been committed when the process was killed, a while after its first commit. */
    private static long killed(Path model, Path corpus, Path index, int milliseconds) throws Exception {
        Process process = start(model, corpus, index);
        long line = 0;
        try (BufferedReader out = process.inputReader()) {
            String first = out.readLine();
            assertThat(first).isNotNull();
            TimeUnit.MILLISECONDS.sleep(milliseconds);
            process.destroyForcibly().waitFor();
            List<String> lines = new ArrayList<>(List.of(first));
            // What it had printed may still lie in the pipe, but its last line may be cut.
            String rest = readAll(out);
            for (String each : rest.split("\n")) if (!each.isBlank()) lines.add(each);
            if (!rest.isEmpty() && !rest.endsWith("\n")) lines.remove(lines.size() - 1);
            for (String each : lines) if (!each.equals("done")) line = Math.max(line, Long.parseLong(each));
        }
        return line;
    }

    private static String readAll(BufferedReader out) {
        StringBuilder text = new StringBuilder();
        char[] block = new char[4096];
        try {
            for (int read = out.read(block); read > 0; read = out.read(block)) text.append(block, 0, read);
        } catch (IOException e) {
            // The pipe of a process that was killed may be closed already.
        }
        return text.toString();
    }

    private static Process start(Path model, Path corpus, Path index) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                IndexingProcess.class.getName(),
                model.toString(),
                corpus.toString(),
                index.toString());
        java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void assertThere(Path index, List<Passage> documents, long committed) {
        try (SearchIndex opened = SearchIndex.open(index)) {
            for (Passage document : documents.subList(0, (int) committed)) {
                assertThat(opened.document(document.id())).isEqualTo(document);
            }
            long there = documents.stream()
                    .filter(document -> opened.document(document.id()) != null)
                    .count();
            assertThat(opened.size()).as("each of %d documents once", there).isEqualTo((int) there);
        }
    }
}
