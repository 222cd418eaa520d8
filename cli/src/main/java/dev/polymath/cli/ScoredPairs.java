package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.data.DataFiles;
import dev.polymath.data.Example;
import dev.polymath.data.Row;
import dev.polymath.data.RowReader;
import dev.polymath.project.TaskSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.task.Embed;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pairs of texts with a number that says how alike they are, of one file, for a model that was trained on no project. */
final class ScoredPairs {
    /** Columns of the file, in this order: the first text, the second, the number. */
    static final String COLUMNS = "text,text2,label";

    /** Faults that are told at most. */
    private static final int FAULTS = 20;

    private ScoredPairs() {}

    /**
     * @param columns the names that the file has for {@link #COLUMNS}, with commas between
     * @return the rows that have a number, for the model's task of type {@code embed}
     * @throws InputException if the model has no such task, or several; or naming the first rows that are at fault
     */
    static Map<String, List<Example>> read(ModelFolder model, Path file, String columns) {
        List<String> fit = model.tasks().stream()
                .filter(task -> task.type().equals(Embed.TYPE))
                .map(Task::name)
                .toList();
        if (fit.size() != 1) {
            throw new InputException("--data has rows for a model with one task of type embed, and " + model.path()
                    + " has " + (fit.isEmpty() ? "none" : String.join(", ", fit)) + "; give --project");
        }
        String[] names = columns.split(",", -1);
        if (names.length != 3) {
            throw new InputException(
                    "--columns names three columns, as in " + COLUMNS + "; '" + columns + "' has " + names.length);
        }
        Map<String, Object> settings = Map.of("text", names[0], "text2", names[1], "label", names[2]);
        TaskSpec spec = new TaskSpec(fit.get(0), Embed.TYPE, file, null, null, settings, 0);
        return Map.of(fit.get(0), rows(file, spec));
    }

    private static List<Example> rows(Path file, TaskSpec spec) {
        List<Example> examples = new ArrayList<>();
        // A column that is not there is one fault, not one of each row.
        Set<String> faults = new LinkedHashSet<>();
        try (RowReader rows = DataFiles.rows(file)) {
            while (faults.size() < FAULTS && rows.hasNext()) {
                Row row = rows.next();
                try {
                    Example example = TaskKinds.named(Embed.TYPE).example(spec, row);
                    if (example.label() != null) examples.add(example);
                } catch (InputException e) {
                    faults.add(e.getMessage());
                }
            }
        }
        if (!faults.isEmpty()) throw new InputException(String.join("\n", faults));
        return examples;
    }
}
