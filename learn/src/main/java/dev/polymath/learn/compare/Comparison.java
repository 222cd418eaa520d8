package dev.polymath.learn.compare;

import dev.polymath.InputException;
import dev.polymath.learn.Trainer;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Assignment;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.TaskData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Variants of a project, each trained with the same seeds and measured on the same test rows. Results that another
 * comparison has made are taken from the store; new ones go there one by one, so that an end at any moment loses no more
 * than the run in progress, and after a checkpoint not even that.
 *
 * <p>All variants run with the first seed before any runs with the second: of a comparison that was stopped, one with
 * fewer seeds has every run in the store.
 */
public final class Comparison {
    /**
     * What to compare.
     *
     * @param title of the whole; null for the project's name
     * @param project the project file
     * @param set values that all variants have
     * @param variants the first is what the others are tested against
     * @param seeds how many: the project's, and those after it
     * @param tasks names of the tasks to take; none means all
     * @param testRows the most test rows of a task that variants are compared on: the same ones for all
     */
    public record Request(
            String title,
            Path project,
            List<Assignment> set,
            List<Variant> variants,
            int seeds,
            List<String> tasks,
            int testRows) {
        public Request {
            set = List.copyOf(set);
            variants = List.copyOf(variants);
            tasks = List.copyOf(tasks);
            if (seeds < 1) throw new InputException("--seeds is " + seeds + "; it must be 1 or more");
            if (testRows < 1) throw new InputException("--test-rows is " + testRows + "; it must be 1 or more");
        }
    }

    /**
     * A run with what came of it.
     *
     * @param result null if it failed
     * @param failure what went wrong, or null
     * @param reused whether another comparison had made it
     */
    public record Done(Run run, RunResult result, String failure, boolean reused) {}

    /**
     * All runs.
     *
     * @param tasks the tasks with their test rows, as the first variant has them
     */
    public record Outcome(
            String title, List<Variant> variants, List<Long> seeds, Map<String, TaskData> tasks, List<Done> runs) {}

    private final Request request;
    private final VariedProject projects;
    private final Project first;
    private final Map<String, TaskData> tasks;

    /** @throws InputException with everything that is wrong with any variant, one a line; nothing is trained yet */
    public Comparison(Request request) {
        this.request = request;
        this.projects = new VariedProject(request.project, request.set, request.tasks, request.testRows);
        projects.check(request.variants);
        this.first = projects.project(request.variants.get(0));
        this.tasks = projects.dataset(first).tasks();
    }

    /** Names of the tasks that are compared. */
    public List<String> tasks() {
        return List.copyOf(tasks.keySet());
    }

    /** The seeds of each variant. */
    public List<Long> seeds() {
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < request.seeds; i++) seeds.add(first.train().seed() + i);
        return seeds;
    }

    /** The runs in their order: seed by seed, tasks alone after the variants. */
    public List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (long seed : seeds()) {
            for (Variant variant : request.variants) runs.add(new Run(variant, null, seed));
            if (first.single() == null) continue;
            for (String task : tasks.keySet()) runs.add(new Run(request.variants.get(0), task, seed));
        }
        return runs;
    }

    /**
     * Trains what the store lacks.
     *
     * @param out the folder for the checkpoint of the run in progress
     * @param stop asked after each step of training
     * @throws ComparisonStopped once it was asked to stop
     * @throws InputException if results or checkpoints cannot be written
     */
    public Outcome run(RunStore store, Path out, ComparisonListener listener, BooleanSupplier stop) {
        Runner runner = new Runner(out);
        List<Run> runs = runs();
        listener.begin(runs.size());
        List<Done> done = new ArrayList<>();
        for (Run run : runs) {
            int number = done.size() + 1;
            if (stop.getAsBoolean()) throw new ComparisonStopped(number, runs.size());
            try {
                done.add(new Attempt(store, runner, listener, number).of(run, stop));
            } catch (TrainingStopped stopped) {
                throw new ComparisonStopped(number, runs.size());
            }
        }
        runner.forgetAll();
        String title = request.title == null ? first.name() : request.title;
        return new Outcome(title, request.variants, seeds(), tasks, done);
    }

    /** One run: from the store, or trained. */
    private final class Attempt {
        private final RunStore store;
        private final Runner runner;
        private final ComparisonListener listener;
        private final int number;
        private String key;

        Attempt(RunStore store, Runner runner, ComparisonListener listener, int number) {
            this.store = store;
            this.runner = runner;
            this.listener = listener;
            this.number = number;
        }

        Done of(Run run, BooleanSupplier stop) {
            long start = System.nanoTime();
            Done done;
            try {
                done = result(run, stop);
            } catch (TrainingStopped stopped) {
                throw stopped;
            } catch (RuntimeException | OutOfMemoryError failure) {
                // Not kept: what failed may do better next time, from its beginning.
                if (key != null) runner.forget(key);
                listener.failed(number, run, failure);
                return new Done(run, null, message(failure), false);
            }
            // Outside, since a store that cannot be written is no fault of the run.
            if (!done.reused) store.save(key, done.result);
            runner.forget(key);
            listener.done(number, run, done.result, done.reused ? 0 : (System.nanoTime() - start) / 1e9);
            return done;
        }

        private Done result(Run run, BooleanSupplier stop) {
            Project project = projects.project(run.variant(), run.seed());
            if (run.alone() != null) project = project.alone();
            Dataset all = projects.dataset(project);
            Map<String, TaskData> some = new LinkedHashMap<>();
            Map<String, String> rows = new LinkedHashMap<>();
            for (String task : run.tasks(List.copyOf(all.tasks().keySet()))) {
                some.put(task, all.tasks().get(task));
                rows.put(task, RunKey.rows(all.tasks().get(task).test()));
            }
            Dataset dataset = new Dataset(project, some);
            Trainer trainer = Trainer.of(project, dataset);
            key = RunKey.of(trainer.digest(), rows, RunKey.program());
            RunResult found = store.find(key);
            if (found != null) return new Done(run, found, null, true);
            RunResult made = runner.run(key, trainer, dataset, rows, listener.training(number, run), stop);
            return new Done(run, made, null, false);
        }

        private static String message(Throwable failure) {
            if (failure instanceof InputException) return failure.getMessage();
            String message = failure.getMessage() == null
                    ? ""
                    : ": " + failure.getMessage().lines().findFirst().orElse("");
            return failure.getClass().getSimpleName() + message;
        }
    }
}
