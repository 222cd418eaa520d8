package dev.polymath.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.data.Passage;
import dev.polymath.run.Polymath;
import dev.polymath.search.IndexSettings;
import dev.polymath.search.Indexer;
import dev.polymath.search.IndexingListener;
import dev.polymath.search.SearchIndex;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Kills a process that indexes, at random moments, and lets the next one go on: after each kill the index opens, every file
 * agrees with its checksum, and every document that was committed is there once, as it was.
 */
@Command(name = "kill", description = "Kills indexing again and again, and looks for what was lost.")
final class KillBench implements Callable<Integer> {
    private static final int BATCHES_A_ROUND = 8;

    @Parameters(index = "0", paramLabel = "SUITE")
    private Path suite;

    @Option(names = "--kills")
    private int kills = 50;

    @Option(
            names = "--child",
            hidden = true,
            arity = "3",
            description = "Model, corpus, index: this is the one that is killed.")
    private List<Path> child;

    @Override
    public Integer call() throws Exception {
        if (child != null) {
            index(child.get(0), child.get(1), child.get(2));
            return 0;
        }
        Path work = Files.createTempDirectory("polymath-kill-bench");
        Path model = work.resolve("model");
        UntrainedModel.tiny(model);
        Path index = work.resolve("index");
        SplittableRandom random = new SplittableRandom(3);
        List<Passage> all = new ManyPassages(suite, ManyPassages.WORDS).passages(kills * BATCHES_A_ROUND * 256);
        int began = 0;
        long line = 0;
        int lost = 0;
        int twice = 0;
        for (int kill = 0; kill < kills; kill++) {
            // A file for each round, so that the process has work left whenever it is killed.
            int to = Math.min(all.size(), (kill + 1) * BATCHES_A_ROUND * 256);
            Path corpus = write(work.resolve("corpus.jsonl"), all.subList(0, to));
            line = Math.max(line, killed(model, corpus, index, random.nextInt(3000)));
            try (SearchIndex opened = SearchIndex.open(index)) {
                int there = 0;
                for (int i = 0; i < to; i++) {
                    Passage found = opened.document(all.get(i).id());
                    if (found != null) there++;
                    if (i < line && !all.get(i).equals(found)) lost++;
                }
                twice += opened.size() - there;
                if (there > began) began = there;
                System.err.printf("kill %d: %d committed, %d there%n", kill + 1, line, there);
            }
        }
        index(model, write(work.resolve("corpus.jsonl"), all), index);
        try (SearchIndex opened = SearchIndex.open(index)) {
            System.out.printf(
                    "| kills | documents | there at the end | committed and lost | there twice |%n|---|---|---|---|---|%n");
            System.out.printf("| %d | %d | %d | %d | %d |%n", kills, all.size(), opened.size(), lost, twice);
            return lost == 0 && twice == 0 && opened.size() == all.size() ? 0 : 1;
        }
    }

    private static void index(Path model, Path corpus, Path index) {
        try (Polymath polymath = Polymath.open(model);
                Indexer indexer = Indexer.open(index, polymath, IndexSettings.DEFAULT)) {
            indexer.commitAfter(Duration.ZERO);
            indexer.addAll(corpus, new IndexingListener() {
                @Override
                public void committed(long line) {
                    System.out.println("committed " + line);
                    System.out.flush();
                }
            });
        }
    }

    /** Kills a while after the process is ready, which may be in the midst of a commit; gives what it said of commits last. */
    private long killed(Path model, Path corpus, Path index, int milliseconds) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                Main.class.getName(),
                "kill",
                suite.toString(),
                "--child"));
        for (Path each : List.of(model, corpus, index)) command.add(each.toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        long[] line = new long[1];
        try (BufferedReader out = process.inputReader()) {
            Thread reader = new Thread(() -> {
                try {
                    for (String said = out.readLine(); said != null; said = out.readLine()) {
                        if (said.startsWith("committed ")) line[0] = Long.parseLong(said.substring(10));
                        synchronized (line) {
                            line.notifyAll();
                        }
                    }
                } catch (IOException e) {
                    // The pipe of a process that was killed may be closed already.
                }
            });
            reader.start();
            synchronized (line) {
                // Its first commit, however slow the machine is.
                while (line[0] == 0 && process.isAlive()) line.wait(TimeUnit.SECONDS.toMillis(1));
            }
            TimeUnit.MILLISECONDS.sleep(milliseconds);
            process.destroyForcibly().waitFor();
            reader.join();
        }
        if (line[0] == 0) throw new IllegalStateException("the process that indexes ended before its first commit");
        return line[0];
    }

    private static Path write(Path file, List<Passage> passages) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (var writer = Files.newBufferedWriter(file)) {
            for (Passage each : passages) {
                writer.write(json.createObjectNode().put("_id", each.id()).put("text", each.text()) + "\n");
            }
        }
        return file;
    }
}
