package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.model.Pretrained;
import dev.polymath.run.Polymath;
import dev.polymath.run.TaskDigest;
import dev.polymath.task.Cut;
import dev.polymath.task.Embedder;
import dev.polymath.task.Embedder.Side;
import dev.polymath.task.Task;
import dev.polymath.weights.Digest;
import java.nio.file.Path;
import java.util.List;

/** The vectors that a task of a model gives for texts. */
final class Embedding {
    /** Lucene's graphs take no longer vectors. */
    private static final int MOST_DIMENSIONS = 1024;

    private static final String BUILT_IN = Pretrained.BUILT_IN;

    private final Polymath model;
    private final Embedder task;
    private final int dimensions;

    /**
     * @param task its name; null for the only one that gives vectors
     * @param cut which of its vectors
     * @throws InputException if there is no such task, or none or several that give vectors, or it does not list these
     */
    Embedding(Polymath model, String task, Cut cut) {
        this.model = model;
        List<String> fit = giveVectors(model);
        if (task == null && fit.size() != 1) {
            throw new InputException(model.folder().path()
                    + (fit.isEmpty()
                            ? " has no task that gives vectors of texts (type embed or retrieve)"
                            : " has several tasks that give vectors; name one of them: " + String.join(", ", fit)));
        }
        Task named = model.folder().task(task == null ? fit.get(0) : task);
        if (!(named instanceof Embedder embedder)) {
            throw new InputException("task '" + task + "' gives no vectors of texts" + Choices.instead(task, fit));
        }
        this.task = embedder.cut(cut, model.folder().backbone());
        this.dimensions = of(List.of("a"), Side.QUERY)[0].length;
        if (dimensions > MOST_DIMENSIONS) {
            throw new InputException(
                    "vectors of " + dimensions + " numbers cannot be indexed; at most " + MOST_DIMENSIONS + " can");
        }
    }

    private static List<String> giveVectors(Polymath model) {
        return model.tasks().stream()
                .filter(Embedder.class::isInstance)
                .map(Task::name)
                .toList();
    }

    Embedder embedder() {
        return task;
    }

    String task() {
        return task.name();
    }

    /** Which of the task's vectors, 0 where it is the whole. */
    Cut cut() {
        return task.cut();
    }

    int dimensions() {
        return dimensions;
    }

    Polymath model() {
        return model;
    }

    /** What the model is found by on every machine stands for the built-in one, whose folder lies in the user's cache. */
    Path modelPath() {
        Path path = model.folder().path();
        boolean builtIn = path.getFileName().toString().matches(BUILT_IN + "-[0-9a-f]{12}(-int8)?");
        return builtIn ? Path.of(BUILT_IN) : path.toAbsolutePath().normalize();
    }

    /** How many tokens of a text it reads. */
    int maxTokens() {
        return model.folder().maxTokens(model.folder().group(task));
    }

    /** Of all that the vectors come from. */
    String digest() {
        String whole = TaskDigest.of(model.folder(), task.name());
        if (cut().isNone()) return whole;
        return Digest.sha256(whole + "\n" + cut().dimensions() + "\n" + cut().depth());
    }

    /** @throws InputException if the index has vectors of something else */
    void requireFits(Path folder, IndexDescription index) {
        if (digest().equals(index.digest())) return;
        throw new InputException("the vectors in " + folder + " are not of this model: it was made with task '"
                + index.settings().task() + "' of " + index.model() + " as that was then, and this is task '"
                + task.name()
                + "' of " + model.folder().path() + "; open it with that model, or index the collection anew");
    }

    /** Vectors of length 1, in the order of the texts, with what the task puts before texts of that side. */
    float[][] of(List<String> texts, Side side) {
        return model.vectors(task, texts, side).toArray(new float[0][]);
    }
}
