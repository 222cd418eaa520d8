package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.task.Answer;
import dev.polymath.task.Embedder;
import dev.polymath.task.Interacting;
import dev.polymath.task.Outputs;
import dev.polymath.task.Sequence;
import dev.polymath.task.Task;
import dev.polymath.task.TextComparison;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

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
     * @param precision of the backbone's linear maps
     * @param engine what computes
     */
    public record Settings(int threads, int batchTokens, Precision precision, Engine.Kind engine) {
        /**
         * All cores, 512 tokens, the faster precision. Small batches hold little padding and stay in the caches: against 4096
         * tokens, 2,000 sentences go 1.15 times as fast, and 64 of them at a time 1.4 times. Batches of a call are computed side
         * by side, as many as there are threads: on two cores 1.5 times as fast as one after another with two threads each.
         */
        public static final Settings DEFAULT = new Settings(0, 512);

        public Settings {
            if (threads < 0) throw new IllegalArgumentException(threads + " threads");
            if (batchTokens < 1) throw new IllegalArgumentException("batches of " + batchTokens + " tokens");
            Objects.requireNonNull(precision, "precision");
            Objects.requireNonNull(engine, "engine");
        }

        /** With the faster engine. */
        public Settings(int threads, int batchTokens, Precision precision) {
            this(threads, batchTokens, precision, Engine.Kind.AUTO);
        }

        /** In the faster precision. */
        public Settings(int threads, int batchTokens) {
            this(threads, batchTokens, Precision.AUTO);
        }

        /** The same in another precision. */
        public Settings with(Precision other) {
            return new Settings(threads, batchTokens, other, engine);
        }

        /** The same with so many threads. */
        public Settings withThreads(int other) {
            return new Settings(other, batchTokens, precision, engine);
        }

        /** The same on another engine. */
        public Settings with(Engine.Kind other) {
            return new Settings(threads, batchTokens, precision, other);
        }
    }

    /** 512 MB of passages are kept while queries are measured. */
    private static final long MEASURED_FLOATS = 1L << 27;

    private final ModelFolder folder;
    private final Tokenizer tokenizer;
    private final Engine engine;
    private final Passes passes;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Polymath(ModelFolder folder, Settings settings, Tokenizer tokenizer, Engine engine) {
        this.folder = folder;
        this.passes = new Passes(folder, tokenizer, engine, settings.batchTokens());
        this.tokenizer = tokenizer;
        this.engine = engine;
    }

    /**
     * Opens a model folder, or the built-in model by its name, {@code minilm}.
     *
     * @throws InputException if there is no such folder, or it is not a whole model
     */
    public static Polymath open(Path folder) {
        return open(folder, Settings.DEFAULT);
    }

    /**
     * As {@link #open(Path)}, with other settings.
     *
     * @throws InputException also if the model has not been quantised and int8 is asked for, or the engine is not on the class
     *     path or cannot compute in that precision
     */
    public static Polymath open(Path folder, Settings settings) {
        ModelFolder model = ModelFolder.open(BuiltInModel.isNamed(folder) ? BuiltInModel.folder(settings) : folder);
        // Both load native code and large tables, half a second each.
        CompletableFuture<Tokenizer> tokenizer = CompletableFuture.supplyAsync(() -> new Tokenizer(model.tokenizer()));
        Engine engine;
        try {
            engine = EngineProvider.engine(model, settings);
        } catch (RuntimeException e) {
            tokenizer.thenAccept(Tokenizer::close);
            throw e;
        }
        try {
            return new Polymath(model, settings, tokenizer.join(), engine);
        } catch (CompletionException e) {
            engine.close();
            throw e.getCause() instanceof InputException input ? input : e;
        }
    }

    /** What the model folder says. */
    public ModelFolder folder() {
        return folder;
    }

    /** What turns texts into its tokens; valid until this is closed. */
    public Tokenizer tokenizer() {
        return tokenizer;
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
        List<String> names = List.copyOf(tasks);
        return predict(inputs.stream().map(input -> new Question(input, names)).toList());
    }

    /**
     * Answers to many questions, in their order, each about its own text and to its own tasks. Texts of all questions share
     * batches, also where tasks have weights of their own in the backbone.
     *
     * @throws InputException if there is no such task, or it reads pairs and the input has no second text
     */
    public List<Prediction> predict(List<Question> questions) {
        Predicting predicting = new Predicting(questions);
        for (int i = 0; i < questions.size(); i++)
            predicting.add(i, questions.get(i).tasksOf(folder));
        whileOpen(() -> predicting.run(passes, engine, width()));
        return predicting.predictions();
    }

    /**
     * The answers of one task to examples, in their order; for {@code tag} with a tag for each word of the example.
     *
     * @param task one of {@link #tasks}, perhaps {@link Embedder#cut}
     */
    public List<Answer> answers(Task task, List<Example> examples) {
        return task instanceof Interacting compares
                ? compares.answers(examples, comparison(compares, MEASURED_FLOATS))
                : task.answers(examples, measured(task, examples));
    }

    /** What a task's head gives for examples that are measured together, and for what they are judged against. */
    Outputs measured(Task task, List<Example> examples) {
        List<Example> sequences = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (Example example : examples) {
            for (Sequence each : task.sequences(example)) sequences.add(read(each, example));
            ends.add(sequences.size());
        }
        for (Sequence each : task.candidates(examples)) sequences.add(read(each, null));
        float[][] outputs = new float[sequences.size()][];
        Encoding[] encodings = new Encoding[outputs.length];
        pass(sequences, Collections.nCopies(outputs.length, List.of(task)), (at, same, output, encoding) -> {
            outputs[at] = output;
            encodings[at] = encoding;
        });
        List<List<float[]>> rows = new ArrayList<>();
        List<Encoding> firsts = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
            rows.add(Arrays.asList(outputs).subList(from, end));
            firsts.add(encodings[from]);
            from = end;
        }
        return new Outputs(rows, firsts, Arrays.asList(outputs).subList(from, outputs.length));
    }

    private static Example read(Sequence sequence, Example of) {
        return new Example(sequence.text(), sequence.text2(), of == null ? null : of.label(), 0);
    }

    /**
     * The raw outputs of one task's head for examples, in their order: {@code [outputs]} each, or {@code [tokens *
     * outputs]} without padding.
     *
     * @param task one of {@link #tasks}
     */
    public List<float[]> outputs(Task task, List<Example> examples) {
        float[][] outputs = new float[examples.size()][];
        pass(
                examples,
                Collections.nCopies(examples.size(), List.of(task)),
                (row, same, output, encoding) -> outputs[row] = output);
        return Arrays.asList(outputs);
    }

    /**
     * The raw outputs of several tasks' heads for texts, in one pass where the tasks share one.
     *
     * @param asked for each text tasks among {@link #tasks} that read single texts, or the texts of pairs each by itself
     * @return for each text what each of its tasks gave
     */
    public List<Map<Task, float[]>> outputs(List<String> texts, List<List<Task>> asked) {
        List<Map<Task, float[]>> outputs = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) outputs.add(new HashMap<>());
        pass(examples(texts), asked, (row, task, output, encoding) -> outputs.get(row)
                .put(task, output));
        return outputs;
    }

    /**
     * The vectors of texts, of length 1, in their order, with what the task puts before texts of that side.
     *
     * @param task one of {@link #tasks}, of type {@code embed} or {@code retrieve}; {@link Embedder#cut} gives shorter vectors,
     *     and those of fewer layers, where it was learned so
     */
    public List<float[]> vectors(Embedder task, List<String> texts, Embedder.Side side) {
        return outputs(
                task,
                examples(texts.stream().map(text -> task.prompted(side, text)).toList()));
    }

    /**
     * What compares queries with passages by a task that reads each by itself. It is for one thread; the model must stay open.
     *
     * @param task one of {@link #tasks}
     * @param mostFloats of passages read that it keeps for queries to come
     */
    public TextComparison comparison(Interacting task, long mostFloats) {
        TextComparison.Reader reader = new TextComparison.Reader() {
            @Override
            public List<float[]> read(List<String> texts) {
                return outputs(task, examples(texts));
            }

            @Override
            public float[] scores(float[] query, List<float[]> passages) {
                float[][] scores = new float[1][];
                whileOpen(() -> scores[0] = engine.scores(task, query, passages));
                return scores[0];
            }
        };
        return new TextComparison(task, reader, width(), mostFloats);
    }

    private static List<Example> examples(List<String> texts) {
        return texts.stream().map(text -> new Example(text, null, null, 0)).toList();
    }

    private int width() {
        return folder.backbone().width();
    }

    /**
     * The hidden states of texts as a task's head reads them, in their order: {@code [tokens * width]} each, row-major,
     * special tokens included and without padding.
     *
     * @param task one of {@link #tasks}, on single texts
     */
    public List<float[]> states(Task task, List<String> texts) {
        float[][] states = new float[texts.size()][];
        whileOpen(() -> passes.states(task, texts, (row, output) -> states[row] = output));
        return Arrays.asList(states);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (closed) return;
            closed = true;
            passes.close();
            engine.close();
            tokenizer.close();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void pass(List<Example> rows, List<List<Task>> asked, Passes.Sink sink) {
        whileOpen(() -> passes.run(rows, asked, row -> false, sink));
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
