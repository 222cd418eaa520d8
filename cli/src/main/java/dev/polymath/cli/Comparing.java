package dev.polymath.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.learn.compare.Comparison;
import dev.polymath.learn.compare.ComparisonReport;
import dev.polymath.learn.compare.ComparisonStopped;
import dev.polymath.learn.compare.Grid;
import dev.polymath.learn.compare.Recipe;
import dev.polymath.learn.compare.RecipeReader;
import dev.polymath.learn.compare.RunStore;
import dev.polymath.learn.compare.Summary;
import dev.polymath.learn.compare.SummaryJson;
import dev.polymath.learn.compare.Variation;
import dev.polymath.learn.compare.Verdict;
import dev.polymath.project.Assignment;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The comparison that {@code compare} runs; apart from it for the same reason as {@link Training}. */
final class Comparing {
    private static final int SEEDS = 3;

    private final CompareCommand.Asked asked;
    private final PrintWriter print;

    Comparing(CompareCommand.Asked asked, PrintWriter print) {
        this.asked = asked;
        this.print = print;
    }

    /** Compares, writes and prints the table; gives the exit code. */
    int run() {
        return RecipeReader.recognises(asked.file()) ? recipe(RecipeReader.read(asked.file())) : project();
    }

    private int project() {
        if (asked.out() == null) throw new InputException("--out DIR is missing: where the tables are to go");
        Comparison comparison = new Comparison(new Comparison.Request(
                null,
                asked.file(),
                asked.set(),
                Grid.of(asked.vary().stream().map(Variation::parse).toList()),
                asked.seeds() == null ? SEEDS : asked.seeds(),
                asked.tasks(),
                asked.testRows() == null ? Integer.MAX_VALUE : asked.testRows()));
        return compare(comparison, asked.out(), null);
    }

    private int recipe(Recipe recipe) {
        if (!asked.vary().isEmpty()) {
            throw new InputException(
                    "--vary: " + asked.file() + " is a recipe, which names its variants itself; compare "
                            + recipe.project() + " to vary something else");
        }
        List<Assignment> set = new ArrayList<>(recipe.set());
        set.addAll(asked.set());
        Comparison comparison = new Comparison(new Comparison.Request(
                recipe.name(),
                recipe.project(),
                set,
                recipe.variants(),
                asked.seeds() == null ? recipe.seeds() : asked.seeds(),
                asked.tasks(),
                asked.testRows() == null ? recipe.testRows() : asked.testRows()));
        String on = recipe.holds().on();
        if (on != null && !comparison.tasks().contains(on)) {
            throw InputException.at(
                    asked.file(),
                    0,
                    "'on' in holds: there is no task '" + on + "'" + Choices.instead(on, comparison.tasks()));
        }
        Path out = asked.out() == null ? Path.of("comparisons", recipe.name()) : asked.out();
        return compare(comparison, out, recipe);
    }

    /** @param recipe null for none */
    private int compare(Comparison comparison, Path out, Recipe recipe) {
        if (Files.exists(out) && !Files.isDirectory(out)) throw new InputException(out + " is not a folder");
        RunStore store = new RunStore(asked.runs() == null ? RunStore.standard() : asked.runs());
        // Closed last: once it is, an interrupted process may end, and what it has to say must have been said.
        try (Interruption interruption = new Interruption()) {
            try (ComparisonConsole console = new ComparisonConsole(System.err, System.console() != null)) {
                Comparison.Outcome outcome = comparison.run(store, out, console, interruption);
                console.close();
                return report(outcome, out, recipe);
            } catch (ComparisonStopped stopped) {
                System.err.println();
                System.err.println(
                        "stopped in run " + stopped.run() + " of " + stopped.runs() + "; go on with the same command");
                return Main.INTERRUPTED;
            }
        }
    }

    private int report(Comparison.Outcome outcome, Path out, Recipe recipe) {
        Summary summary = ComparisonReport.summary(outcome, facts(outcome, recipe));
        Verdict verdict = recipe == null ? null : recipe.holds().judge(summary);
        ObjectNode json = recipe == null ? SummaryJson.of(summary) : SummaryJson.of(summary, recipe, verdict);
        String markdown = ComparisonReport.markdown(summary);
        String end = verdict == null ? "" : "\n" + verdict.line() + "\n";
        write(out.resolve("comparison.json"), json.toPrettyString() + "\n");
        write(out.resolve("table.md"), markdown + end);
        write(out.resolve("index.html"), ComparisonReport.page(summary));
        print.println();
        print.print(ComparisonReport.text(summary));
        print.println();
        print.println("report: " + out.resolve("index.html"));
        if (verdict != null) {
            print.println();
            print.println(recipe.claim());
            print.println(verdict.line());
        }
        print.flush();
        boolean lost = summary.variants().stream()
                .anyMatch(row -> row.failures().size() == summary.seeds().size());
        return lost ? Main.FAULT_OF_OURS : 0;
    }

    private Map<String, String> facts(Comparison.Outcome outcome, Recipe recipe) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (recipe != null) {
            facts.put("paper", recipe.paper());
            facts.put("claim", recipe.claim());
        }
        long reused = outcome.runs().stream().filter(Comparison.Done::reused).count();
        facts.put("command", asked.command());
        facts.put("runs", outcome.runs().size() + ", of which " + reused + " were made by an earlier comparison");
        facts.put("date", LocalDate.now().toString());
        facts.put("program", new Version().getVersion()[0]);
        facts.put(
                "machine",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, Java "
                        + System.getProperty("java.version"));
        return facts;
    }

    private static void write(Path file, String text) {
        new OutputFile(file).write(writer -> writer.write(text));
    }
}
