package dev.polymath.project;

import dev.polymath.InputException;
import dev.polymath.data.DataFiles;
import dev.polymath.data.Example;
import dev.polymath.data.Row;
import dev.polymath.data.RowReader;
import dev.polymath.task.TaskKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a data file of a task whole, and goes on behind rows that cannot be read. */
final class SplitReader {
    private final Path project;
    private final TaskKind kind;
    private final TaskSpec spec;
    private final ProblemList problems;
    private final ProblemList warnings;

    SplitReader(Path project, TaskKind kind, TaskSpec spec, ProblemList problems, ProblemList warnings) {
        this.project = project;
        this.kind = kind;
        this.spec = spec;
        this.problems = problems;
        this.warnings = warnings;
    }

    /**
     * The rows of a file.
     *
     * @param examples those with a label
     * @param skipped how many have none
     * @param broken whether the file has problems
     */
    record Split(List<Example> examples, long skipped, boolean broken) {
        static final Split NONE = new Split(List.of(), 0, false);
    }

    /**
     * @param file null gives no rows
     * @param learns whether the rows are to be learned from, or to measure by
     */
    Split read(Path file, boolean learns) {
        if (file == null) return Split.NONE;
        return kind.readsFolder() ? readFolder(file, learns) : readRows(file);
    }

    private Split readFolder(Path judgements, boolean learns) {
        try {
            return new Split(kind.examples(spec, judgements, learns), 0, false);
        } catch (InputException e) {
            e.getMessage().lines().forEach(line -> problems.add(Problem.of(new InputException(line), judgements, 0)));
            return new Split(List.of(), 0, true);
        }
    }

    private Split readRows(Path file) {
        List<Example> examples = new ArrayList<>();
        LooseTags loose = readsColumns() ? new LooseTags(file) : null;
        long skipped = 0;
        boolean broken = false;
        try (RowReader rows = readsColumns() ? DataFiles.sentences(file) : DataFiles.rows(file)) {
            while (rows.hasNext()) {
                Row row = null;
                try {
                    row = rows.next();
                    Example example = kind.example(spec, row);
                    if (example.label() == null) skipped++;
                    else examples.add(example);
                    if (loose != null) loose.look(row, spec);
                } catch (InputException e) {
                    broken = true;
                    if (!report(e, file, row)) break;
                }
            }
        } catch (InputException e) {
            problems.add(Problem.of(e, file, 0));
            return new Split(examples, skipped, true);
        }
        if (loose != null) loose.warn(warnings);
        return new Split(examples, skipped, broken);
    }

    /** Kinds that have a key {@code token} read columns. */
    private boolean readsColumns() {
        return kind.keys().contains("token");
    }

    /** Notes a problem; false if every other row has the same one, because the header or the project is wrong. */
    private boolean report(InputException e, Path file, Row row) {
        boolean named = e.getMessage().startsWith(file + ":");
        Problem problem = named ? Problem.of(e, file, 0) : Problem.of(e, project, spec.line());
        problems.add(problem);
        return named && (row == null || problem.line() >= row.line());
    }
}
