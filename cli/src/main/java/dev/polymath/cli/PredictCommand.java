package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymath predict}: answers for lines of text. */
@Command(name = "predict", description = "Answers for lines of text, or JSONL with text[, text2]; JSONL out.")
final class PredictCommand implements Runnable {
    /** Lines answered together: enough to fill batches of like length, few enough to hold in memory. */
    private static final int CHUNK = 1024;

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder.")
    private Path model;

    @Option(names = "--tasks", split = ",", paramLabel = "NAME", description = "Only these tasks; all without it.")
    private List<String> tasks = new ArrayList<>();

    @Option(
            names = "--windows",
            description = "Reads texts that are too long in windows; without it they are cut, and marked truncated.")
    private boolean windows;

    @Option(names = "--in", paramLabel = "FILE", description = "Reads this file instead of standard input.")
    private Path in;

    @Option(names = "--out", paramLabel = "FILE", description = "Writes this file instead of standard output.")
    private Path out;

    @Mixin
    private CutOptions cut;

    @Mixin
    private ComputingOptions computing;

    @Override
    public void run() {
        try (Polymath polymath = Polymath.open(model, computing.settings())) {
            List<Task> asked = asked(polymath);
            OutputFile file = out == null ? null : new OutputFile(out);
            try (InputLines lines = InputLines.of(in)) {
                if (file == null) answer(polymath, asked, lines, standardOutput());
                else file.write(writer -> answer(polymath, asked, lines, writer));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tasks to answer for; a slip in a name is told before a line is read. */
    private List<Task> asked(Polymath polymath) {
        List<Task> asked = tasks.isEmpty()
                ? polymath.tasks()
                : tasks.stream().map(polymath.folder()::task).toList();
        if (cut.cut().isNone()) return asked;
        if (asked.stream().noneMatch(Embedder.class::isInstance)) {
            throw new InputException(
                    "--dimensions and --depth are about vectors, and no task that is asked gives some");
        }
        for (Task task : asked) {
            if (task instanceof Embedder each)
                each.cut(cut.cut(), polymath.folder().backbone());
        }
        return asked;
    }

    private void answer(Polymath polymath, List<Task> asked, InputLines lines, Writer writer) throws IOException {
        List<Input> chunk = new ArrayList<>();
        for (boolean more = true; more; ) {
            int before = chunk.size();
            more = lines.readInto(chunk);
            if (chunk.size() > before) requireFits(chunk.get(before), asked, lines);
            // Somebody who types, or pipes line by line, gets each answer at once.
            boolean idle = !more || !lines.ready();
            if (!chunk.isEmpty() && (idle || chunk.size() == CHUNK)) {
                if (windows) chunk.replaceAll(Input::inWindows);
                List<Question> questions = chunk.stream()
                        .map(input -> new Question(input, tasks, false, cut.cut()))
                        .toList();
                for (Prediction prediction : polymath.predict(questions)) {
                    writer.write(prediction.json().toString());
                    writer.write('\n');
                }
                writer.flush();
                chunk.clear();
            }
        }
    }

    /** Each task that was named must apply; of all tasks, one. */
    private void requireFits(Input input, List<Task> asked, InputLines lines) {
        if (input.text2() != null) return;
        List<String> pairs = asked.stream().filter(Task::pairs).map(Task::name).toList();
        if (pairs.isEmpty() || tasks.isEmpty() && pairs.size() < asked.size()) return;
        throw lines.fault("task '" + pairs.get(0) + "' reads pairs of texts, and this line has no second one;"
                + " give JSONL with \"text\" and \"text2\"");
    }

    /** Standard output as a writer that tells of a full disk, or of a reader that has gone. */
    private static Writer standardOutput() {
        PrintStream stream = System.out;
        return new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8)) {
            @Override
            public void flush() throws IOException {
                super.flush();
                if (stream.checkError()) throw new InputException("standard output cannot be written to any more");
            }
        };
    }
}
