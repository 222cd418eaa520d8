package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * A model that answers.
 *
 * <pre>{@code
 * try (Polymath model = Polymath.open(Path.of("model"))) {
 *     Prediction prediction = model.predict("Where is my refund?", "intent", "topics");
 * }
 * }</pre>
 *
 * <p>All tasks that are asked of a text share one pass through the backbone; tasks on pairs share a second one, where a
 * second text is given. Tasks
 * that share the backbone in another way have a pass of their own, and where they have weights of their own below the
 * heads, each reads its own rows. Thread-safe. Holds native memory until closed; closing waits for calls that are under
 * way.
 */
public final class Polymath implements AutoCloseable {
    /**
     * How to compute.
     *
     * @param threads a call computes with; 0 for one a core
     * @param batchTokens the most tokens computed at once, padding included
     */
    public record Settings(int threads, int batchTokens) {
        /** All cores, 4096 tokens. */
        public static final Settings DEFAULT = new Settings(0, 4096);

        public Settings {
            if (threads < 0) throw new IllegalArgumentException(threads + " threads");
            if (batchTokens < 1) throw new IllegalArgumentException("batches of " + batchTokens + " tokens");
        }
    }

    /** What a task's head gave for a row. */
    @FunctionalInterface
    private interface Sink {
        void accept(int row, Task task, float[] output, Encoding encoding);
    }

    private final ModelFolder folder;
    private final Settings settings;
    private final Tokenizer tokenizer;
    private final Graphs graphs;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Polymath(ModelFolder folder, Settings settings, Tokenizer tokenizer, Graphs graphs) {
        this.folder = folder;
        this.settings = settings;
        this.tokenizer = tokenizer;
        this.graphs = graphs;
    }

    /**
     * Opens a model folder.
     *
     * @throws InputException if there is no such folder, or it is not a whole model
     */
    public static Polymath open(Path folder) {
        return open(folder, Settings.DEFAULT);
    }

    /** As {@link #open(Path)}, with other settings. */
    public static Polymath open(Path folder, Settings settings) {
        ModelFolder model = ModelFolder.open(folder);
        // Both load native code and large tables, half a second each.
        CompletableFuture<Tokenizer> tokenizer = CompletableFuture.supplyAsync(() -> new Tokenizer(model.tokenizer()));
        Graphs graphs;
        try {
            graphs = new Graphs(model, settings.threads());
        } catch (RuntimeException e) {
            tokenizer.thenAccept(Tokenizer::close);
            throw e;
        }
        try {
            return new Polymath(model, settings, tokenizer.join(), graphs);
        } catch (CompletionException e) {
            graphs.close();
            throw e.getCause() instanceof InputException input ? input : e;
        }
    }

    /** What the model folder says. */
    public ModelFolder folder() {
        return folder;
    }

    /** Its tasks, in the order of the project file. */
    public List<Task> tasks() {
        return folder.tasks();
    }

    /**
     * Answers for a text.
     *
     * @param tasks names of tasks; with none, all tasks that read single texts
     * @throws InputException if there is no such task, or it reads pairs
     */
    public Prediction predict(String text, String... tasks) {
        return predict(Input.of(text), tasks);
    }

    /**
     * Answers for a text or a pair. Tasks on single texts read the first text of a pair.
     *
     * @param tasks names of tasks; with none, all tasks that apply
     * @throws InputException if there is no such task, or it reads pairs and there is no second text
     */
    public Prediction predict(Input input, String... tasks) {
        return predict(List.of(input), Arrays.asList(tasks)).get(0);
    }

    /**
     * Answers for many texts or pairs, in their order. They are computed in batches of like length; an answer does not
     * depend on the others in the batch, up to rounding.
     *
     * @param tasks names of tasks; with none, for each input all tasks that apply
     * @throws InputException if there is no such task, or it reads pairs and an input has no second text
     */
    public List<Prediction> predict(List<Input> inputs, Collection<String> tasks) {
        List<Task> asked = asked(inputs, tasks);
        List<Example> rows = new ArrayList<>();
        List<Map<String, Answer>> answers = new ArrayList<>();
        for (Input input : inputs) {
            rows.add(new Example(input.text(), input.text2(), null, 0));
            Map<String, Answer> inOrder = new LinkedHashMap<>();
            for (Task task : asked) if (!task.pairs() || input.text2() != null) inOrder.put(task.name(), null);
            answers.add(inOrder);
        }
        Sink sink = (row, task, output, encoding) ->
                answers.get(row).put(task.name(), task.decode(output, encoding, rows.get(row)));
        pass(rows, asked.stream().filter(task -> !task.pairs()).toList(), false, sink);
        pass(rows, asked.stream().filter(Task::pairs).toList(), true, sink);
        List<Prediction> predictions = new ArrayList<>();
        for (int row = 0; row < inputs.size(); row++) {
            predictions.add(
                    new Prediction(inputs.get(row).text(), inputs.get(row).text2(), answers.get(row)));
        }
        return predictions;
    }

    /**
     * The answers of one task to examples, in their order; for {@code tag} with a tag for each word of the example.
     *
     * @param task one of {@link #tasks}
     */
    public List<Answer> answers(Task task, List<Example> examples) {
        Answer[] answers = new Answer[examples.size()];
        pass(
                examples,
                List.of(task),
                task.pairs(),
                (row, same, output, encoding) -> answers[row] = task.decode(output, encoding, examples.get(row)));
        return Arrays.asList(answers);
    }

    /**
     * The raw outputs of one task's head for examples, in their order: {@code [outputs]} each, or {@code [tokens *
     * outputs]} without padding.
     *
     * @param task one of {@link #tasks}
     */
    public List<float[]> outputs(Task task, List<Example> examples) {
        float[][] outputs = new float[examples.size()][];
        pass(examples, List.of(task), task.pairs(), (row, same, output, encoding) -> outputs[row] = output);
        return Arrays.asList(outputs);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (closed) return;
            closed = true;
            graphs.close();
            tokenizer.close();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private List<Task> asked(List<Input> inputs, Collection<String> names) {
        if (names.isEmpty()) return folder.tasks();
        List<Task> asked = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            Task task = folder.task(name);
            if (task.pairs()) requirePairs(task, inputs);
            asked.add(task);
        }
        return asked;
    }

    private void requirePairs(Task task, List<Input> inputs) {
        for (Input input : inputs) {
            if (input.text2() != null) continue;
            List<String> single = folder.tasks().stream()
                    .filter(each -> !each.pairs())
                    .map(Task::name)
                    .toList();
            throw new InputException("task '" + task.name() + "' reads pairs of texts, and '" + shortened(input.text())
                    + "' has no second text"
                    + (single.isEmpty() ? "" : "; tasks on single texts: " + String.join(", ", single)));
        }
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= 40
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 40)) + "…";
    }

    /** Passes over the rows (with pairs, those that are) for all the tasks, one for each group. */
    private void pass(List<Example> examples, List<Task> tasks, boolean pairs, Sink sink) {
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < examples.size(); row++) {
            if (!pairs || examples.get(row).text2() != null) rows.add(row);
        }
        if (tasks.isEmpty() || rows.isEmpty()) return;
        whileOpen(() -> {
            List<Example> texts = rows.stream().map(examples::get).toList();
            Map<Integer, List<Encoding>> byLimit = new HashMap<>();
            for (SharingGroup group : folder.groups()) {
                List<Task> own = tasks.stream()
                        .filter(task -> group.tasks().contains(task.name()))
                        .toList();
                if (own.isEmpty()) continue;
                List<Encoding> encodings =
                        byLimit.computeIfAbsent(folder.maxTokens(group), most -> encode(texts, pairs, most));
                pass(group, rows, encodings, own, sink);
            }
        });
    }

    /**
     * One pass for the tasks of a group. Where these have weights of their own, an item of it is a row for one task: item
     * {@code i} row {@code i / tasks} for task {@code i % tasks}; else it is a row for all of them.
     */
    private void pass(SharingGroup group, List<Integer> rows, List<Encoding> encodings, List<Task> tasks, Sink sink) {
        int times = graphs.byTask(group) ? tasks.size() : 1;
        int prompt = group.part().promptTokens();
        int[] lengths = IntStream.range(0, rows.size() * times)
                .map(item -> prompt + encodings.get(item / times).length())
                .toArray();
        for (List<Integer> batch : Batching.byLength(lengths, settings.batchTokens())) {
            List<Integer> items = new ArrayList<>(batch);
            items.sort(Comparator.comparingInt(item -> item % times));
            List<Encoding> batched =
                    items.stream().map(item -> encodings.get(item / times)).toList();
            TokenBatch tokens = TokenBatch.of(batched, tokenizer.padId());
            graphs.run(group, tokens, asked(items, times, tasks), (asked, outputs, perRow, perToken) -> {
                for (int i = 0; i < asked.count(); i++) {
                    int item = asked.from() + i;
                    Encoding encoding = batched.get(item);
                    float[] output = new float[perToken == 0 ? perRow : encoding.length() * perToken];
                    outputs.get(i * perRow, output);
                    sink.accept(rows.get(items.get(item) / times), asked.task(), output, encoding);
                }
            });
        }
    }

    /** Which items, sorted by task, are asked of which task. */
    private static List<Graphs.Asked> asked(List<Integer> items, int times, List<Task> tasks) {
        List<Graphs.Asked> asked = new ArrayList<>();
        if (times == 1) {
            for (Task task : tasks) asked.add(new Graphs.Asked(task, 0, items.size()));
            return asked;
        }
        for (int from = 0; from < items.size(); ) {
            int task = items.get(from) % times;
            int to = from;
            while (to < items.size() && items.get(to) % times == task) to++;
            asked.add(new Graphs.Asked(tasks.get(task), from, to - from));
            from = to;
        }
        return asked;
    }

    private List<Encoding> encode(List<Example> examples, boolean pairs, int most) {
        if (examples.size() == 1) {
            Example only = examples.get(0);
            return List.of(tokenizer.encode(only.text(), pairs ? only.text2() : null, most));
        }
        List<String> texts = examples.stream().map(Example::text).toList();
        if (!pairs) return tokenizer.encodeAll(texts, most);
        return tokenizer.encodeAll(texts, examples.stream().map(Example::text2).toList(), most);
    }

    private void whileOpen(Runnable call) {
        lock.readLock().lock();
        try {
            if (closed) throw new IllegalStateException("the model has been closed");
            call.run();
        } finally {
            lock.readLock().unlock();
        }
    }
}
