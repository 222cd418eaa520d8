package dev.polymath.learn.compare;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.learn.Given;
import dev.polymath.model.Fixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** A project of two tasks with a few dozen rows on a tiny backbone: a run of it takes half a second. */
final class GivenProject {
    private final Path folder;

    /** Writes the project into a folder. */
    GivenProject(Path folder) {
        this.folder = folder;
        Random random = new Random(5);
        for (String split : List.of("train", "dev", "test")) {
            int rows = split.equals("train") ? 40 : 16;
            write("kind." + split + ".csv", csv(Given.examples("classify", rows, random)));
            write("number." + split + ".csv", csv(Given.examples("regress", rows, random)));
        }
        write(
                "project.yaml",
                """
                name: two
                backbone: %s
                tasks:
                  kind: {type: classify, train: kind.train.csv, dev: kind.dev.csv, test: kind.test.csv, text: text, label: label}
                  number: {type: regress, train: number.train.csv, dev: number.dev.csv, test: number.test.csv, text: text, label: label}
                train: {epochs: 2, batch_tokens: 100, learning_rate: 2.0e-3, max_tokens: 32, precision: fp32, seed: 7}
                """
                        .formatted(new Fixture("bert").folder()));
    }

    Path file() {
        return folder.resolve("project.yaml");
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void replace(String name, String what, String with) {
        try {
            String text = Files.readString(folder.resolve(name));
            if (!text.contains(what)) throw new AssertionError(name + " lacks " + what);
            write(name, text.replaceFirst(Pattern.quote(what), with));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String csv(List<Example> examples) {
        StringBuilder csv = new StringBuilder("text,label\n");
        for (Example example : examples) {
            String label = example.label() instanceof Label.Name name
                    ? name.name()
                    : String.valueOf(((Label.Number) example.label()).value());
            csv.append(example.text()).append(',').append(label).append('\n');
        }
        return csv.toString();
    }
}
