package dev.polymath.server;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A model while it is served: who uses it says so, and after it has been replaced, its last user closes it. */
final class ServedModel {
    private static final Set<String> EMBEDDING = Set.of("embed", "retrieve");
    private static final Set<String> CLASSIFICATION = Set.of("classify", "multilabel", "ordinal");
    private static final String RERANK = "rerank";

    private final Polymath polymath;
    /** Null where none is served. */
    private final ServedIndex index;

    private final Map<String, Sizes> sizes = new HashMap<>();
    private final long loadedSeconds = System.currentTimeMillis() / 1000;
    /** The server itself is the first user. */
    private final AtomicInteger users = new AtomicInteger(1);

    /**
     * How large a task is.
     *
     * @param head weights of its head
     * @param own all weights that only this task has, its head's included
     * @param outputs of its head, for a text, or for each token
     */
    record Sizes(long head, long own, int outputs) {}

    private ServedModel(Polymath polymath, ServedIndex index) {
        this.polymath = polymath;
        this.index = index;
        Weights all = polymath.folder().weights();
        for (Task task : polymath.tasks()) {
            long head = size(all.filter(name -> name.startsWith("heads." + task.name() + ".")));
            long below = size(polymath.folder().part(task).own());
            sizes.put(task.name(), new Sizes(head, head + below, outputs(task)));
        }
    }

    /** A task on tokens gives more for a longer text. */
    private int outputs(Task task) {
        if (task instanceof Interacting) return 1;
        List<float[]> some =
                polymath.outputs(task, List.of(new Example("a", "b", null, 0), new Example("a a a a", "b", null, 0)));
        int least = some.get(0).length;
        int tokens = polymath.tokenizer()
                .encode("a", task.together() ? "b" : null, maxTokens())
                .length();
        return some.get(1).length == least ? least : least / tokens;
    }

    private static long size(Weights weights) {
        return weights.asMap().values().stream().mapToLong(Array::size).sum();
    }

    /**
     * Opens a model and has it answer once, so that every graph is loaded and is known to work.
     *
     * @param index the folder of an index to search in, or null
     * @throws InputException if it is not a whole model, or the index is not one of its vectors
     */
    static ServedModel open(Path folder, Path index, Polymath.Settings settings) {
        Polymath polymath = Polymath.open(folder, settings);
        try {
            polymath.predict(new Input("ready", "steady"));
            return new ServedModel(polymath, index == null ? null : ServedIndex.open(index, polymath));
        } catch (RuntimeException e) {
            polymath.close();
            throw e instanceof InputException input
                    ? input
                    : new InputException(folder + ": the model does not answer: " + e.getMessage(), e);
        }
    }

    /** @return whether it is there to be used; then {@link #release} must follow */
    boolean acquire() {
        return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void release() {
        if (users.decrementAndGet() > 0) return;
        if (index != null) index.close();
        polymath.close();
    }

    /** The index that is searched in; null where there is none. */
    ServedIndex index() {
        return index;
    }

    Polymath polymath() {
        return polymath;
    }

    String name() {
        return polymath.folder().name();
    }

    int maxTokens() {
        return polymath.folder().maxTokens();
    }

    long loadedSeconds() {
        return loadedSeconds;
    }

    List<Task> tasks() {
        return polymath.tasks();
    }

    Sizes sizes(Task task) {
        return sizes.get(task.name());
    }

    static boolean embeds(Task task) {
        return EMBEDDING.contains(task.type());
    }

    static boolean classifies(Task task) {
        return CLASSIFICATION.contains(task.type());
    }

    /** @throws Fault if there is no such task; names the nearest */
    Task task(String name) {
        try {
            return polymath.folder().task(name);
        } catch (InputException e) {
            throw Fault.invalid(e.getMessage());
        }
    }

    /**
     * The task whose vectors embedding requests get.
     *
     * @param wanted what the request calls the model; of another name than a task's nothing follows, for clients send
     *     names of models that they know
     * @throws Fault if it is a task without vectors, or there is none with vectors
     */
    Task embedding(String wanted) {
        Task named = named(wanted);
        if (named != null && !embeds(named)) {
            throw new Fault(
                    Fault.Kind.NOT_OF_THIS_MODEL,
                    "task '" + named.name() + "' is of type " + named.type() + " and gives no vectors" + having());
        }
        if (named != null) return named;
        return tasks().stream()
                .filter(ServedModel::embeds)
                .findFirst()
                .orElseThrow(
                        () -> new Fault(Fault.Kind.NOT_OF_THIS_MODEL, "the model has no vectors of texts" + having()));
    }

    boolean hasEmbedding() {
        return tasks().stream().anyMatch(ServedModel::embeds);
    }

    /** The task that scores pairs of a query and a text; null where there is none. */
    Task reranking(String wanted) {
        Task named = named(wanted);
        if (named != null && named.type().equals(RERANK)) return named;
        return tasks().stream()
                .filter(task -> task.type().equals(RERANK))
                .findFirst()
                .orElse(null);
    }

    /**
     * The task that classification requests mean: the one they name, else the only one.
     *
     * @throws Fault if it is a task without labels, or there is none or more than one
     */
    Task classification(String wanted) {
        Task named = named(wanted);
        if (named != null && classifies(named)) return named;
        if (named != null) {
            throw new Fault(
                    Fault.Kind.NOT_OF_THIS_MODEL,
                    "task '" + named.name() + "' is of type " + named.type() + " and gives no labels" + having());
        }
        List<Task> all = tasks().stream().filter(ServedModel::classifies).toList();
        if (all.size() == 1) return all.get(0);
        throw new Fault(
                Fault.Kind.NOT_OF_THIS_MODEL,
                (all.isEmpty() ? "the model has no task that classifies" : "name the task with `model`") + having());
    }

    private Task named(String wanted) {
        if (wanted == null) return null;
        return tasks().stream()
                .filter(task -> task.name().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    private String having() {
        return "; its tasks: "
                + tasks().stream()
                        .map(task -> task.name() + " (" + task.type() + ")")
                        .collect(Collectors.joining(", "));
    }
}
