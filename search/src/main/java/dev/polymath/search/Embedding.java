package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.model.Pretrained;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import dev.polymath.run.TaskDigest;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The vectors that a task of a model gives for texts. */
final class Embedding {
    /** Lucene's graphs take no longer vectors. */
    private static final int MOST_DIMENSIONS = 1024;

    private static final String BUILT_IN = Pretrained.BUILT_IN;

    private final Polymath model;
    private final Task task;
    private final int dimensions;

    /**
     * @param task its name; null for the only one that gives vectors
     * @throws InputException if there is no such task, or none or several that give vectors
     */
    Embedding(Polymath model, String task) {
        this.model = model;
        List<String> fit = giveVectors(model);
        if (task == null && fit.size() != 1) {
            throw new InputException(model.folder().path()
                    + (fit.isEmpty()
                            ? " has no task that gives vectors of texts (type embed)"
                            : " has several tasks that give vectors; name one of them: " + String.join(", ", fit)));
        }
        this.task = model.folder().task(task == null ? fit.get(0) : task);
        if (!fit.contains(this.task.name())) {
            throw new InputException(
                    "task '" + task + "' gives no vectors of texts" + Choices.instead(this.task.name(), fit));
        }
        this.dimensions = of(List.of("a"))[0].length;
        if (dimensions > MOST_DIMENSIONS) {
            throw new InputException(
                    "vectors of " + dimensions + " numbers cannot be indexed; at most " + MOST_DIMENSIONS + " can");
        }
    }

    /** Asked, not told by the tasks' types: whatever gives a vector for a text will do. */
    private static List<String> giveVectors(Polymath model) {
        List<String> names = new ArrayList<>();
        model.predict("a").answers().forEach((name, answer) -> {
            if (answer instanceof Answer.Vector) names.add(name);
        });
        return names;
    }

    String task() {
        return task.name();
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
        boolean builtIn = path.getFileName().toString().matches(BUILT_IN + "-[0-9a-f]{12}");
        return builtIn ? Path.of(BUILT_IN) : path.toAbsolutePath().normalize();
    }

    /** How many tokens of a text it reads. */
    int maxTokens() {
        return model.folder().maxTokens(model.folder().group(task));
    }

    String digest() {
        return TaskDigest.of(model.folder(), task.name());
    }

    /** @throws InputException if the index has vectors of something else */
    void requireFits(Path folder, IndexDescription index) {
        if (digest().equals(index.digest())) return;
        throw new InputException("the vectors in " + folder + " are not of this model: it was made with task '"
                + index.settings().task() + "' of " + index.model() + " as that was then, and this is task '"
                + task.name()
                + "' of " + model.folder().path() + "; open it with that model, or index the collection anew");
    }

    /** Vectors of length 1, in the order of the texts. */
    float[][] of(List<String> texts) {
        List<Prediction> predictions =
                model.predict(texts.stream().map(Input::of).toList(), List.of(task.name()));
        float[][] vectors = new float[texts.size()][];
        for (int i = 0; i < vectors.length; i++) {
            Answer.Vector vector = (Answer.Vector) predictions.get(i).answers().get(task.name());
            vectors[i] = vector.values();
        }
        return vectors;
    }
}
