package dev.polymath.run;

import dev.polymath.data.Example;
import dev.polymath.run.Routes.Route;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import dev.polymath.text.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;

/**
 * From rows and what is asked of them to the outputs of heads. Single texts and pairs pass by themselves, and so do the tasks
 * of each group, and of a group those in int8 and in F32; else, rows of any of its tasks pass together, in batches of like
 * length.
 */
final class Passes implements AutoCloseable {
    /** What a task's head gave for a row; one at a time, from any thread. */
    @FunctionalInterface
    interface Sink {
        void accept(int row, Task task, float[] output, Encoding encoding);
    }

    /**
     * A row in a pass, or a window of one.
     *
     * @param position in its group of the task with whose own weights it passes; {@link OwnWeights#NONE} where there are none
     * @param window which of the row's windows
     */
    private record Item(int row, int position, int window, Windows windows) {
        Encoding encoding() {
            return windows.parts().get(window);
        }
    }

    /** What the windows of a row have given for a task so far. */
    private record Gathered(int row, Task task) {}

    /** Of a text in windows: about 4 MB of characters. */
    private static final int MOST_TOKENS = 1 << 20;

    /**
     * Of a batch that is made smaller for others to be computed beside it. On two cores, two batches of 35 tokens take 0.8 to 0.9 of
     * the time of one of 70 (int8, F32), and two of 25 as long as one of 50.
     */
    private static final int LEAST_TOKENS = 32;

    private final ModelFolder folder;
    private final Tokenizer tokenizer;
    private final Engine engine;
    private final Routes routes;
    private final int batchTokens;
    private final Workers workers;
    private final OwnWeights own;

    /** @param batchTokens the most tokens of a batch, padding included */
    Passes(ModelFolder folder, Tokenizer tokenizer, Engine engine, int batchTokens) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.engine = engine;
        this.routes = engine.routes();
        this.batchTokens = batchTokens;
        this.workers = new Workers(engine.batchesAtOnce());
        this.own = new OwnWeights(folder);
    }

    /**
     * @param asked for each row the tasks that are asked of it; those on pairs only where it has a second text
     * @param whole whether a row that is too long is read in windows; else, and where it is a pair, it is cut
     */
    void run(List<Example> rows, List<List<Task>> asked, IntPredicate whole, Sink sink) {
        run(rows, asked, false, whole, sink);
        run(rows, asked, true, row -> false, sink);
    }

    @Override
    public void close() {
        workers.close();
    }

    /** What a task's head would read of single texts: {@code [tokens * width]} each; the sink may be called from any thread. */
    void states(Task task, List<String> texts, BiConsumer<Integer, float[]> sink) {
        Route route = routes.of(task);
        SharingGroup group = route.group();
        List<Encoding> encodings = tokenizer.encodeAll(texts, folder.maxTokens(group));
        int prompt = group.part().promptTokens();
        int[] lengths = encodings.stream()
                .mapToInt(encoding -> prompt + encoding.length())
                .toArray();
        workers.each(batches(lengths), batch -> {
            List<Encoding> some = batch.stream().map(encodings::get).toList();
            Engine.Span span = new Engine.Span(task, Math.max(own.position(task), 0), 0, batch.size());
            engine.states(route, some, tokenizer.padId(), span, (same, outputs, perRow, width) -> {
                for (int i = 0; i < batch.size(); i++) {
                    float[] states = new float[some.get(i).length() * width];
                    outputs.get(i * perRow, states);
                    sink.accept(batch.get(i), states);
                }
            });
        });
    }

    private void run(List<Example> rows, List<List<Task>> asked, boolean pairs, IntPredicate whole, Sink sink) {
        List<Integer> some = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            if (asked.get(row).stream().anyMatch(task -> task.together() == pairs)) some.add(row);
        }
        if (some.isEmpty()) return;
        List<Example> texts = some.stream().map(rows::get).toList();
        Map<Integer, List<Windows>> byLimit = new HashMap<>();
        for (Route route : routes.all()) {
            if (some.stream().flatMap(row -> asked.get(row).stream()).noneMatch(task -> passes(task, route, pairs)))
                continue;
            List<Windows> windows = byLimit.computeIfAbsent(
                    folder.maxTokens(route.group()), most -> windows(texts, pairs, most, i -> whole.test(some.get(i))));
            List<Item> items = items(route, some, windows, pairs, asked);
            pass(route, items, pairs, asked, sink);
        }
    }

    private boolean passes(Task task, Route route, boolean pairs) {
        return task.together() == pairs && routes.of(task).equals(route);
    }

    /** A row once for each weights that the tasks asked of it have of their own; once where they have none. */
    private List<Item> items(
            Route route, List<Integer> some, List<Windows> windows, boolean pairs, List<List<Task>> asked) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Set<Integer> positions = new LinkedHashSet<>();
            for (Task task : asked.get(some.get(i))) {
                if (passes(task, route, pairs)) positions.add(own.position(task));
            }
            for (int position : positions) {
                for (int window = 0; window < windows.get(i).parts().size(); window++) {
                    items.add(new Item(some.get(i), position, window, windows.get(i)));
                }
            }
        }
        return items;
    }

    private void pass(Route route, List<Item> items, boolean pairs, List<List<Task>> asked, Sink sink) {
        int prompt = route.group().part().promptTokens();
        Map<Gathered, List<float[]>> gathered = new HashMap<>();
        int[] lengths = items.stream()
                .mapToInt(item -> prompt + item.encoding().length())
                .toArray();
        workers.each(batches(lengths), indices -> {
            List<Item> batch = new ArrayList<>(indices.stream().map(items::get).toList());
            batch.sort(Comparator.comparingInt(Item::position));
            List<Encoding> encodings = batch.stream().map(Item::encoding).toList();
            engine.run(
                    route,
                    encodings,
                    tokenizer.padId(),
                    spans(route, batch, pairs, asked),
                    (span, outputs, perRow, perToken) -> {
                        for (int i = 0; i < span.count(); i++) {
                            Item item = batch.get(span.from() + i);
                            if (!asked.get(item.row).contains(span.task())) continue;
                            int tokens = before(span.task()) + item.encoding().length();
                            float[] output = new float[perToken == 0 ? perRow : tokens * perToken];
                            outputs.get(i * perRow, output);
                            synchronized (gathered) {
                                gather(gathered, item, span.task(), output, perToken > 0, sink);
                            }
                        }
                    });
        });
    }

    /** Of few tokens smaller ones, so that there is one for each worker. */
    private List<List<Integer>> batches(int[] lengths) {
        int each = Arrays.stream(lengths).sum() / workers.count() + 1;
        return Batching.byLength(lengths, Math.min(batchTokens, Math.max(LEAST_TOKENS, each)));
    }

    /** How many outputs a head puts before those of tokens. */
    private static int before(Task task) {
        return task instanceof Interacting interacting
                ? interacting.interaction().vectors()
                : 0;
    }

    /** Hands on what a row gave, once all of its windows have passed. */
    private static void gather(
            Map<Gathered, List<float[]>> gathered, Item item, Task task, float[] output, boolean tokens, Sink sink) {
        Windows windows = item.windows;
        List<float[]> outputs = List.of(output);
        if (windows.parts().size() > 1) {
            Gathered place = new Gathered(item.row, task);
            outputs = gathered.computeIfAbsent(
                    place,
                    each -> new ArrayList<>(Collections.nCopies(windows.parts().size(), null)));
            outputs.set(item.window, output);
            if (outputs.contains(null)) return;
        }
        sink.accept(item.row, task, task.served(joined(windows, outputs, tokens)), windows.whole());
    }

    private static float[] joined(Windows windows, List<float[]> outputs, boolean tokens) {
        // What comes before tokens' outputs belongs to no window.
        if (outputs.size() == 1) return outputs.get(0);
        return tokens ? windows.ofTokens(outputs) : windows.ofText(outputs);
    }

    /** Which rows of a batch go to which head: those that pass with its task's weights, which lie side by side. */
    private List<Engine.Span> spans(Route route, List<Item> batch, boolean pairs, List<List<Task>> asked) {
        List<Engine.Span> spans = new ArrayList<>();
        for (int from = 0; from < batch.size(); ) {
            int position = batch.get(from).position;
            Set<Task> tasks = new LinkedHashSet<>();
            int to = from;
            for (; to < batch.size() && batch.get(to).position == position; to++) {
                for (Task task : asked.get(batch.get(to).row)) {
                    if (passes(task, route, pairs) && own.position(task) == position) tasks.add(task);
                }
            }
            for (Task task : tasks) spans.add(new Engine.Span(task, Math.max(position, 0), from, to - from));
            from = to;
        }
        return spans;
    }

    /** @param whole which of the texts are read in windows where they are too long */
    private List<Windows> windows(List<Example> texts, boolean pairs, int most, IntPredicate whole) {
        List<Encoding> encodings = encode(texts, pairs, most);
        List<Windows> windows = new ArrayList<>(encodings.size());
        for (int i = 0; i < encodings.size(); i++) {
            boolean more = encodings.get(i).truncated() && whole.test(i);
            Encoding all = more ? tokenizer.encode(texts.get(i).text(), null, MOST_TOKENS) : encodings.get(i);
            windows.add(Windows.of(all, most));
        }
        return windows;
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
}
