package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.learn.balance.Balancers;
import dev.polymath.learn.habit.Habits;
import dev.polymath.learn.sampling.Samplers;
import dev.polymath.model.Backbones;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Part;
import dev.polymath.sharing.SharingParts;
import dev.polymath.task.TaskKind;
import dev.polymath.task.TaskKinds;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath parts}: what a project file may name. */
@Command(name = "parts", description = "Lists the parts that a project file may name: name, one line, paper.")
final class PartsCommand implements Runnable {
    @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", description = "Only this kind of part.")
    private String kind;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Map<String, Consumer<PrintWriter>> kinds = new LinkedHashMap<>();
        kinds.put("type", PartsCommand::taskKinds);
        kinds.put("backbone", PartsCommand::backbones);
        for (Catalogue<?> catalogue :
                List.of(SharingParts.CATALOGUE, Balancers.CATALOGUE, Samplers.CATALOGUE, Habits.CATALOGUE)) {
            kinds.put(catalogue.kind(), out -> parts(catalogue, out));
        }
        if (kind != null && !kinds.containsKey(kind)) {
            throw new InputException("there is no kind of part '" + kind + "'; there are "
                    + String.join(", ", kinds.keySet()) + "; " + Nearest.suggest(kind, kinds.keySet()));
        }
        PrintWriter out = spec.commandLine().getOut();
        kinds.forEach((name, print) -> {
            if (kind == null || kind.equals(name)) {
                out.println(name);
                print.accept(out);
                out.println();
            }
        });
        out.flush();
    }

    private static void taskKinds(PrintWriter out) {
        for (TaskKind each : TaskKinds.all()) line(out, each.type(), each.summary(), "");
    }

    private static void backbones(PrintWriter out) {
        line(out, "minilm", "built in: all-MiniLM-L6-v2, 6 layers of width 384, English", "Wang et al. 2020, MiniLM");
        String types = String.join(", ", Backbones.types());
        line(out, "a folder", "in Hugging Face layout, of a model type among " + types, "");
    }

    private static void parts(Catalogue<?> catalogue, PrintWriter out) {
        for (Part<?> part : catalogue.parts()) line(out, part.name(), part.summary(), part.paper());
    }

    private static void line(PrintWriter out, String name, String summary, String paper) {
        out.printf("  %-14s %s%s%n", name, summary, paper.isEmpty() ? "" : " (" + paper + ")");
    }
}
