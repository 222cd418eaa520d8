package dev.polymath.bench;

import dev.polymath.data.Example;
import dev.polymath.learn.Trainer;
import dev.polymath.learn.TrainingListener;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Resident memory over many training steps and over many predictions: it must not grow. */
@Command(name = "memory", description = "Resident memory over training steps and over predictions.")
final class MemoryBench implements Callable<Integer> {
    private static final int ROWS_OF_TABLE = 10;

    @Parameters(index = "0", paramLabel = "PROJECT")
    private Path project;

    @Option(names = "--model", required = true, description = "A trained model of the project.")
    private Path model;

    @Option(names = "--steps", defaultValue = "2000")
    private int steps;

    @Option(names = "--batch-tokens", defaultValue = "512")
    private int batchTokens;

    @Option(names = "--predictions", defaultValue = "20000")
    private int predictions;

    @Override
    public Integer call() {
        List<Assignment> smaller = List.of(
                new Assignment("train.batch_tokens", Integer.toString(batchTokens)),
                new Assignment("train.max_tokens", "64"));
        Project read = ProjectReader.read(project, smaller);
        Dataset dataset = Dataset.load(read);
        predict(dataset);
        train(read, dataset);
        return 0;
    }

    private void train(Project read, Dataset dataset) {
        Series series = new Series("training steps", steps);
        long[] done = new long[1];
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(long step, double loss, long tokens, double seconds) {
                done[0] = step;
                series.at(step);
            }
        };
        try {
            Trainer.of(read, dataset).train(null, false, listener, () -> done[0] >= steps);
        } catch (TrainingStopped enough) {
            series.print();
        }
    }

    private void predict(Dataset dataset) {
        List<Example> texts = new ArrayList<>();
        dataset.tasks().values().forEach(data -> texts.addAll(data.test()));
        Series series = new Series("predictions", predictions);
        try (Polymath polymath = Polymath.open(model)) {
            for (int i = 0; i < predictions; i++) {
                Example example = texts.get((int) ((long) i * 7919 % texts.size()));
                polymath.predict(List.of(new Input(example.text(), null)), List.of());
                series.at(i + 1);
            }
        }
        series.print();
    }

    /** Resident memory at equal distances, after a tenth has warmed up. */
    private static final class Series {
        private final String what;
        private final int total;
        private final List<Double> values = new ArrayList<>();

        Series(String what, int total) {
            this.what = what;
            this.total = total;
        }

        void at(long done) {
            if (done % (total / ROWS_OF_TABLE) != 0) return;
            System.gc();
            values.add(Resident.now());
        }

        void print() {
            System.out.println("| " + what + " | resident MiB | against the first |");
            System.out.println("|---|---|---|");
            for (int i = 0; i < values.size(); i++) {
                double change = 100 * (values.get(i) / values.get(0) - 1);
                int done = (i + 1) * (total / ROWS_OF_TABLE);
                System.out.printf(Locale.ROOT, "| %d | %.0f | %+.1f %% |%n", done, values.get(i), change);
            }
            System.out.println();
        }
    }
}
