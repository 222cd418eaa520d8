package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.embedding.EmbeddingLosses;
import dev.polymath.embedding.Matryoshka;
import dev.polymath.interaction.Forms;
import dev.polymath.learn.MeasuredParts;
import dev.polymath.learn.balance.Balancers;
import dev.polymath.learn.habit.Habits;
import dev.polymath.learn.sampling.Samplers;
import dev.polymath.model.Backbones;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Part;
import dev.polymath.sharing.SharingParts;
import dev.polymath.task.Quality;
import dev.polymath.task.TaskKind;
import dev.polymath.task.TaskKinds;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The catalogue as {@code polymath parts} prints it, 100 columns wide. */
final class PartsTable {
    private static final int WIDTH = 100;
    private static final String INDENT = " ".repeat(6);

    private final PrintWriter out;

    PartsTable(PrintWriter out) {
        this.out = out;
    }

    /**
     * Prints all kinds of part, or one.
     *
     * @param kind null for all
     * @throws InputException if there is no such kind
     */
    void print(String kind) {
        Map<String, Runnable> kinds = new LinkedHashMap<>();
        kinds.put("type", this::taskKinds);
        kinds.put("backbone", this::backbones);
        for (Catalogue<?> catalogue : List.of(
                SharingParts.CATALOGUE,
                Balancers.CATALOGUE,
                Samplers.CATALOGUE,
                Habits.CATALOGUE,
                Poolings.CATALOGUE,
                EmbeddingLosses.CATALOGUE,
                Matryoshka.CATALOGUE,
                Forms.CATALOGUE,
                Quality.CATALOGUE)) {
            kinds.put(catalogue.kind(), () -> parts(catalogue));
        }
        if (kind != null && !kinds.containsKey(kind)) {
            throw new InputException("there is no kind of part '" + kind + "'; there are "
                    + String.join(", ", kinds.keySet()) + "; " + Nearest.suggest(kind, kinds.keySet()));
        }
        kinds.forEach((name, print) -> {
            if (kind != null && !kind.equals(name)) return;
            out.println(name);
            print.run();
            out.println();
        });
        out.flush();
    }

    private void taskKinds() {
        for (TaskKind each : TaskKinds.all()) name(each.type(), each.summary());
    }

    private void backbones() {
        name("minilm", "built in: all-MiniLM-L6-v2, 6 layers of width 384, English");
        below("Wang et al. 2020, MiniLM");
        name("a folder", "in Hugging Face layout, of a model type among " + String.join(", ", Backbones.types()));
    }

    private void parts(Catalogue<?> catalogue) {
        for (Part<?> part : catalogue.parts()) {
            name(part.name(), part.summary());
            if (!part.paper().isEmpty()) below(part.paper());
            if (!part.knobs().isEmpty()) {
                below("knobs: " + part.knobs().stream().map(Knob::described).collect(Collectors.joining(", ")));
            }
            measured(MeasuredParts.of(catalogue.kind(), part.name()));
        }
    }

    private void measured(MeasuredParts.Line line) {
        if (line == null) {
            below("not measured");
            return;
        }
        if (!line.time().isEmpty() || !line.memory().isEmpty()) {
            below("cost: " + times(line.time()) + " the time, " + times(line.memory())
                    + " the memory of the plain run");
        }
        if (!line.recipe().isEmpty()) {
            below("recipe " + line.recipe() + ": " + line.verdict()
                    + (line.figures().isEmpty() ? "" : ", " + line.figures()));
        }
    }

    private static String times(String ratio) {
        return ratio.isEmpty() ? "unknown times" : ratio + " times";
    }

    private void name(String name, String summary) {
        String start = "  " + name + "  ";
        wrapped(start + " ".repeat(Math.max(0, 18 - start.length())), summary);
    }

    private void below(String text) {
        wrapped(INDENT, text);
    }

    /** Words after a start; lines that follow are indented. */
    private void wrapped(String start, String text) {
        StringBuilder line = new StringBuilder(start);
        boolean empty = true;
        for (String word : text.split(" ")) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(INDENT + "  ");
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        out.println(line);
    }
}
