package dev.polymath.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A project of five tasks with a few dozen rows each, on a BERT of two layers of width 32: trained in a second. */
final class Shop {
    private static final Path BACKBONE =
            Path.of(System.getProperty("polymath.root"), "core/src/test/resources/backbones/bert");
    private static final List<String> THINGS = List.of("parcel", "invoice", "refund", "shoes", "coat", "order");
    private static final List<String> TOWNS = List.of("Paris", "Oslo", "Rome", "Lima");

    static final String PROJECT =
            """
            name: shop
            backbone: bert
            tasks:
              same: {type: classify, train: same.train.csv, test: same.test.csv, text: a, text2: b, label: same}
              topics: {type: multilabel, train: topics.train.csv, test: topics.test.csv, text: body, label: topics, separator: "|"}
              stars: {type: ordinal, train: stars.train.tsv, test: stars.test.tsv, text: review, label: stars, labels: ["1", "2", "3"]}
              length: {type: regress, train: length.train.jsonl, test: length.test.jsonl, text: text, label: words}
              places: {type: tag, train: places.train.conll, test: places.test.conll, token: 0, label: 1}
            sharing: hard
            train: {epochs: 2, batch_tokens: 256, max_tokens: 32, precision: fp32, seed: 7}
            """;

    private final Path folder;

    /** Writes the project into a folder. */
    Shop(Path folder) {
        this.folder = folder;
        write("shop.yaml", PROJECT);
        copy(BACKBONE, folder.resolve("bert"));
        for (String split : List.of("train", "test")) {
            int rows = split.equals("train") ? 24 : 8;
            write("same." + split + ".csv", "a,b,same\n" + rows(rows, Shop::same));
            write("topics." + split + ".csv", "body,topics\n" + rows(rows, Shop::topics));
            write("stars." + split + ".tsv", "review\tstars\n" + rows(rows, Shop::stars));
            write("length." + split + ".jsonl", rows(rows, Shop::length));
            write("places." + split + ".conll", rows(rows, Shop::places));
        }
    }

    Path project() {
        return folder.resolve("shop.yaml");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Path write(String name, String content) {
        return write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Path write(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void change(String name, UnaryOperator<String> change) {
        write(name, change.apply(read(name)));
    }

    void replace(String name, String what, String with) {
        change(name, text -> {
            if (!text.contains(what)) throw new AssertionError(name + " lacks " + what);
            return text.replace(what, with);
        });
    }

    void delete(String name) {
        try {
            Files.delete(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file of the project's folder, as paths in it. */
    List<String> files() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String rows(int count, IntFunction<String> row) {
        return IntStream.range(0, count).mapToObj(row).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String thing(int i) {
        return THINGS.get(i % THINGS.size());
    }

    private static String town(int i) {
        return TOWNS.get(i % TOWNS.size());
    }

    private static String same(int i) {
        boolean same = i % 2 == 0;
        return "\"where is my " + thing(i) + "?\"," + (same ? "i miss the " + thing(i) : "the " + thing(i + 1)) + ","
                + (same ? "yes" : "no");
    }

    private static String topics(int i) {
        return "my " + thing(i) + " and my " + thing(i + 1 + i % 2) + "," + thing(i) + "|" + thing(i + 1 + i % 2);
    }

    private static String stars(int i) {
        return List.of("bad", "fair", "good").get(i % 3) + " " + thing(i) + "\t" + (1 + i % 3);
    }

    private static String length(int i) {
        return "{\"text\": \"" + "so ".repeat(1 + i % 5) + thing(i) + "\", \"words\": " + (2 + i % 5) + "}";
    }

    private static String places(int i) {
        return "send\tO\nit\tO\nto\tO\nNew\tB-LOC\n" + town(i) + "\tI-LOC\n" + (i % 2 == 0 ? "now\tO\n" : "");
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectory(to);
            for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
