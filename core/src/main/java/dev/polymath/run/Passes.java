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
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;

/**
 * From rows and what is asked of them to the outputs of heads. Single texts and pairs pass by themselves, and so do the
 * tasks of each group, and of a group those in int8 and in F32; else, rows of any of its tasks pass together, in batches of like length.
 */
final class Passes {
    /** What a task's head gave for a row. */
    @FunctionalInterface
    interface Sink {
        void accept(int row, Task task, float[] output, Encoding encoding);
    }

    /**
     * A row in a pass, or a window of one.
     *
     * @param task the position in its group of the one task that it passes for; -1 where it passes for all at once
     * @param window which of the row's windows
     */
    private record Item(int row, int task, int window, Windows windows) {
        Encoding encoding() {
            return windows.parts().get(window);
        }
    }

    /** What the windows of a row have given for a task so far. */
    private record Gathered(int row, Task task) {}

    /** By which trunk a task's texts pass, and its position in that trunk's group. */
    private record Place(Route route, int position) {}

    /** Of a text in windows: about 4 MB of characters. */
    private static final int MOST_TOKENS = 1 << 20;

    private final ModelFolder folder;
    private final Tokenizer tokenizer;
    private final Engine engine;
    private final Routes routes;
    private final int batchTokens;
    private final Map<String, Place> places = new HashMap<>();
    /** Groups whose tasks have weights of their own, so that each row passes for one task. */
    private final Set<SharingGroup> byTask = new HashSet<>();

    /** @param batchTokens the most tokens of a batch, padding included */
    Passes(ModelFolder folder, Tokenizer tokenizer, Engine engine, int batchTokens) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.engine = engine;
        this.routes = engine.routes();
        this.batchTokens = batchTokens;
        for (SharingGroup group : folder.groups()) {
            if (folder.byTask(group)) byTask.add(group);
            for (int i = 0; i < group.tasks().size(); i++) {
                String task = group.tasks().get(i);
                places.put(task, new Place(routes.of(task), i));
            }
        }
    }

    /**
     * @param asked for each row the tasks that are asked of it; those on pairs only where it has a second text
     * @param whole whether a row that is too long is read in windows; else, and where it is a pair, it is cut
     */
    void run(List<Example> rows, List<List<Task>> asked, IntPredicate whole, Sink sink) {
        run(rows, asked, false, whole, sink);
        run(rows, asked, true, row -> false, sink);
    }

    /** What a task's head would read of single texts: {@code [tokens * width]} each. */
    void states(Task task, List<String> texts, BiConsumer<Integer, float[]> sink) {
        Place place = places.get(task.name());
        SharingGroup group = place.route.group();
        List<Encoding> encodings = tokenizer.encodeAll(texts, folder.maxTokens(group));
        int prompt = group.part().promptTokens();
        int[] lengths = encodings.stream()
                .mapToInt(encoding -> prompt + encoding.length())
                .toArray();
        for (List<Integer> batch : Batching.byLength(lengths, batchTokens)) {
            List<Encoding> some = batch.stream().map(encodings::get).toList();
            Engine.Span span = new Engine.Span(task, place.position, 0, batch.size());
            engine.states(place.route, some, tokenizer.padId(), span, (same, outputs, perRow, width) -> {
                for (int i = 0; i < batch.size(); i++) {
                    float[] states = new float[some.get(i).length() * width];
                    outputs.get(i * perRow, states);
                    sink.accept(batch.get(i), states);
                }
            });
        }
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
        return task.together() == pairs && places.get(task.name()).route.equals(route);
    }

    /** A row once for each task that is asked of it, where the tasks have weights of their own; else once. */
    private List<Item> items(
            Route route, List<Integer> some, List<Windows> windows, boolean pairs, List<List<Task>> asked) {
        List<Item> items = new ArrayList<>();
        boolean own = byTask.contains(route.group());
        for (int i = 0; i < some.size(); i++) {
            for (Task task : asked.get(some.get(i))) {
                if (!passes(task, route, pairs)) continue;
                int position = own ? places.get(task.name()).position : -1;
                for (int window = 0; window < windows.get(i).parts().size(); window++) {
                    items.add(new Item(some.get(i), position, window, windows.get(i)));
                }
                if (!own) break;
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
        for (List<Integer> indices : Batching.byLength(lengths, batchTokens)) {
            List<Item> batch = new ArrayList<>(indices.stream().map(items::get).toList());
            batch.sort(Comparator.comparingInt(Item::task));
            List<Encoding> encodings = batch.stream().map(Item::encoding).toList();
            engine.run(
                    route,
                    encodings,
                    tokenizer.padId(),
                    spans(route, batch, pairs, asked),
                    (span, outputs, perRow, perToken) -> {
                        for (int i = 0; i < span.count(); i++) {
                            Item item = batch.get(span.from() + i);
                            if (item.task < 0 && !asked.get(item.row).contains(span.task())) continue;
                            int tokens = before(span.task()) + item.encoding().length();
                            float[] output = new float[perToken == 0 ? perRow : tokens * perToken];
                            outputs.get(i * perRow, output);
                            gather(gathered, item, span.task(), output, perToken > 0, sink);
                        }
                    });
        }
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
        // What comes before tokens' outputs belongs to no window.
        if (outputs.size() == 1) {
            sink.accept(item.row, task, output, windows.whole());
            return;
        }
        float[] whole = tokens ? windows.ofTokens(outputs) : windows.ofText(outputs);
        sink.accept(item.row, task, whole, windows.whole());
    }

    /** Which rows of a batch go to which head: all to each, or to each its own, which lie side by side. */
    private List<Engine.Span> spans(Route route, List<Item> batch, boolean pairs, List<List<Task>> asked) {
        List<Engine.Span> spans = new ArrayList<>();
        if (batch.get(0).task < 0) {
            Set<Task> tasks = new LinkedHashSet<>();
            for (Item item : batch) {
                for (Task task : asked.get(item.row)) {
                    if (passes(task, route, pairs)) tasks.add(task);
                }
            }
            for (Task task : tasks) spans.add(new Engine.Span(task, 0, 0, batch.size()));
            return spans;
        }
        for (int from = 0; from < batch.size(); ) {
            int task = batch.get(from).task;
            int to = from;
            while (to < batch.size() && batch.get(to).task == task) to++;
            spans.add(new Engine.Span(folder.task(route.group().tasks().get(task)), task, from, to - from));
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
