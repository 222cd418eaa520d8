package dev.polymath.search;

import dev.polymath.run.Polymath;
import java.nio.file.Path;
import java.time.Duration;

/** Indexes a file in a process of its own, which can be killed; prints the line up to which each commit reaches. */
final class IndexingProcess {
    private IndexingProcess() {}

    /** Arguments: model, corpus, index. */
    public static void main(String[] arguments) {
        try (Polymath model = Polymath.open(Path.of(arguments[0]), new Polymath.Settings(1, 2048));
                Indexer indexer = Indexer.open(Path.of(arguments[2]), model, IndexSettings.DEFAULT)) {
            indexer.commitAfter(Duration.ZERO);
            indexer.addAll(Path.of(arguments[1]), new IndexingListener() {
                @Override
                public void committed(long line) {
                    System.out.println(line);
                    System.out.flush();
                }
            });
        }
        System.out.println("done");
    }
}
