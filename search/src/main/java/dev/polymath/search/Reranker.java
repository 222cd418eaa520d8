package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import dev.polymath.run.TaskDigest;
import dev.polymath.task.Answer;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.task.TextComparison;
import java.util.ArrayList;
import java.util.List;

/** A model's task that reads a query and a passage, and says by a number how well they fit. Thread-safe. */
final class Reranker {
    /** Made for it, so that it is preferred to others that would do. */
    private static final String TYPE = "rerank";

    /** 64 MB of what is had of passages that the index does not keep. */
    private static final long MOST_FLOATS = 1 << 24;

    private final Polymath model;
    private final String task;
    /** Null where it reads pairs together. */
    private TextComparison comparison;
    /** Of the task as it is; null as long as nobody asked. */
    private String digest;

    /**
     * @param task its name; null for the only one, or the only one of type rerank
     * @throws InputException if there is none, or none that fits
     */
    Reranker(Polymath model, String task) {
        this.model = model;
        List<String> fit = giveNumbers(model);
        if (fit.isEmpty()) {
            throw new InputException(
                    model.folder().path() + " has no task that reads pairs and gives a number (type rerank, or"
                            + " regress on pairs), so that it cannot rank hits anew");
        }
        if (task != null) {
            model.folder().task(task);
            if (!fit.contains(task)) {
                throw new InputException(
                        "task '" + task + "' does not read pairs and give a number" + Choices.instead(task, fit));
            }
            this.task = task;
            return;
        }
        List<String> made = fit.stream()
                .filter(name -> model.folder().task(name).type().equals(TYPE))
                .toList();
        List<String> preferred = made.isEmpty() ? fit : made;
        if (preferred.size() > 1) {
            throw new InputException(
                    "several tasks could rank hits anew; name one of them: " + String.join(", ", preferred));
        }
        this.task = preferred.get(0);
    }

    private static List<String> giveNumbers(Polymath model) {
        List<String> pairs =
                model.tasks().stream().filter(Task::pairs).map(Task::name).toList();
        List<String> names = new ArrayList<>();
        if (pairs.isEmpty()) return names;
        model.predict(List.of(new Input("a", "a")), pairs).get(0).answers().forEach((name, answer) -> {
            if (answer instanceof Answer.Value) names.add(name);
        });
        return names;
    }

    /** Whether an index has what this task keeps of passages. */
    synchronized boolean knows(IndexDescription.Kept kept) {
        if (comparison() == null || kept == null || !kept.task().equals(task)) return false;
        if (digest == null) digest = TaskDigest.of(model.folder(), task);
        return digest.equals(kept.digest());
    }

    private TextComparison comparison() {
        if (comparison == null && model.folder().task(task) instanceof Interacting compares) {
            comparison = model.comparison(compares, MOST_FLOATS);
        }
        return comparison;
    }

    /**
     * How well passages fit a query; more is better.
     *
     * @param known what the index keeps of each; null where it keeps nothing
     */
    synchronized double[] scores(String query, List<String> passages, float[][] known) {
        if (comparison() != null) return comparison.scores(query, passages, known);
        List<Input> pairs =
                passages.stream().map(passage -> new Input(query, passage)).toList();
        List<Prediction> predictions = model.predict(pairs, List.of(task));
        return predictions.stream()
                .mapToDouble(each -> ((Answer.Value) each.answers().get(task)).value())
                .toArray();
    }
}
