package dev.polymath.learn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A BEIR folder for tests, {@code beir}: passages, queries, and one judgement a query, in {@code train} or {@code test}. */
final class GivenCollection {
    private static final String HEAD = "query-id\tcorpus-id\tscore\n";

    private final StringBuilder corpus = new StringBuilder();
    private final StringBuilder queries = new StringBuilder();
    private final StringBuilder train = new StringBuilder(HEAD);
    private final StringBuilder test = new StringBuilder(HEAD);

    void passage(int number, String title, String text) {
        corpus.append("{\"_id\":\"d" + number + "\",\"title\":\"" + title + "\",\"text\":\"" + text + "\"}\n");
    }

    /** A query that the passage of its number answers; every fourth number is for testing. */
    void query(int number, String text) {
        queries.append("{\"_id\":\"q" + number + "\",\"text\":\"" + text + "\"}\n");
        (number % 4 == 0 ? test : train).append("q" + number + "\td" + number + "\t1\n");
    }

    void write(Path folder) {
        try {
            Path qrels = Files.createDirectories(folder.resolve("beir/qrels"));
            Files.writeString(folder.resolve("beir/corpus.jsonl"), corpus);
            Files.writeString(folder.resolve("beir/queries.jsonl"), queries);
            Files.writeString(qrels.resolve("train.tsv"), train);
            Files.writeString(qrels.resolve("test.tsv"), test);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
