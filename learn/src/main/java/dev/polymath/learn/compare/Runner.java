package dev.polymath.learn.compare;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.learn.Trained;
import dev.polymath.learn.Trainer;
import dev.polymath.learn.TrainingListener;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Dataset;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Trains one run and measures it on the test rows; a stopped run goes on where it was. */
final class Runner {
    private static final Pattern LEFT = Pattern.compile("run-[0-9a-f]{12}\\.(checkpoint|curves\\.json)");

    private final Path out;

    /**
     * @param out the folder for the checkpoint of the run in progress
     * @throws InputException if it cannot be made or written
     */
    Runner(Path out) {
        this.out = out;
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new InputException(out + " cannot be made: " + e.getMessage(), e);
        }
        if (!Files.isWritable(out)) throw new InputException(out + " cannot be written: permission denied");
    }

    /**
     * @param key of the run, which its checkpoint is known by
     * @param rows by task, the digest of its test rows
     * @throws TrainingStopped once it was asked to stop, with a checkpoint left
     */
    RunResult run(
            String key,
            Trainer trainer,
            Dataset dataset,
            Map<String, String> rows,
            TrainingListener listener,
            BooleanSupplier stop) {
        Path checkpoint = checkpoint(key);
        boolean resume = Trainer.hasCheckpoint(checkpoint);
        RunCurves curves = new RunCurves(curves(key), listener, resume);
        PeakMemory peak = new PeakMemory();
        Trained trained;
        try {
            trained = trainer.train(checkpoint, resume, curves, stop);
        } catch (TrainingStopped stopped) {
            curves.save();
            throw stopped;
        }
        double mebibytes = peak.mebibytes();
        Map<String, RunResult.Measured> tasks = new LinkedHashMap<>();
        for (Task task : trained.tasks()) {
            List<Example> test = dataset.tasks().get(task.name()).test();
            List<Answer> answers = trainer.answers(trained, task.name(), test);
            StoredAnswers kept = StoredAnswers.of(answers);
            // Of what is kept, so that what is resampled later begins from this very number.
            Map<String, Double> metrics = task.metrics(test, kept.answers());
            tasks.put(task.name(), new RunResult.Measured(metrics, rows.get(task.name()), kept));
        }
        Summary.Cost cost = new Summary.Cost(
                trainer.learned(), trained.seconds(), trained.tokens() / Math.max(1e-9, trained.seconds()), mebibytes);
        return new RunResult(tasks, curves.dev(), curves.points(), cost);
    }

    /** Deletes what a run left. */
    void forget(String key) {
        Trainer.forget(checkpoint(key));
        delete(curves(key));
    }

    /** Deletes what runs left that were stopped and never gone on with. */
    void forgetAll() {
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.toList()) {
                if (!LEFT.matcher(file.getFileName().toString()).matches()) continue;
                if (Files.isDirectory(file)) Trainer.forget(file);
                else delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path checkpoint(String key) {
        return out.resolve("run-" + key.substring(0, 12) + ".checkpoint");
    }

    private Path curves(String key) {
        return out.resolve("run-" + key.substring(0, 12) + ".curves.json");
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
