package dev.polymath.run;

import dev.polymath.data.Example;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * From rows and what is asked of them to the outputs of heads. Single texts and pairs pass by themselves, and so do the
 * tasks of each group; within a group, rows of any of its tasks pass together, in batches of like length.
 */
final class Passes {
    /** What a task's head gave for a row. */
    @FunctionalInterface
    interface Sink {
        void accept(int row, Task task, float[] output, Encoding encoding);
    }

    /**
     * A row in a pass.
     *
     * @param task the position in its group of the one task that it passes for; -1 where it passes for all at once
     */
    private record Item(int row, int task, Encoding encoding) {}

    /** A task's group, and its position there. */
    private record Place(SharingGroup group, int position) {}

    private final ModelFolder folder;
    private final Tokenizer tokenizer;
    private final Graphs graphs;
    private final int batchTokens;
    private final Map<String, Place> places = new HashMap<>();

    /** @param batchTokens the most tokens of a batch, padding included */
    Passes(ModelFolder folder, Tokenizer tokenizer, Graphs graphs, int batchTokens) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.graphs = graphs;
        this.batchTokens = batchTokens;
        for (SharingGroup group : folder.groups()) {
            for (int i = 0; i < group.tasks().size(); i++)
                places.put(group.tasks().get(i), new Place(group, i));
        }
    }

    /** @param asked for each row the tasks that are asked of it; those on pairs only where it has a second text */
    void run(List<Example> rows, List<List<Task>> asked, Sink sink) {
        run(rows, asked, false, sink);
        run(rows, asked, true, sink);
    }

    /** What a task's head would read of single texts: {@code [tokens * width]} each. */
    void states(Task task, List<String> texts, BiConsumer<Integer, float[]> sink) {
        Place place = places.get(task.name());
        List<Encoding> encodings = tokenizer.encodeAll(texts, folder.maxTokens(place.group));
        int prompt = place.group.part().promptTokens();
        int[] lengths = encodings.stream()
                .mapToInt(encoding -> prompt + encoding.length())
                .toArray();
        for (List<Integer> batch : Batching.byLength(lengths, batchTokens)) {
            TokenBatch tokens = TokenBatch.of(batch.stream().map(encodings::get).toList(), tokenizer.padId());
            Graphs.Span span = new Graphs.Span(task, place.position, 0, batch.size());
            graphs.states(place.group, tokens, span, (same, outputs, perRow, width) -> {
                for (int i = 0; i < batch.size(); i++) {
                    float[] states = new float[encodings.get(batch.get(i)).length() * width];
                    outputs.get(i * perRow, states);
                    sink.accept(batch.get(i), states);
                }
            });
        }
    }

    private void run(List<Example> rows, List<List<Task>> asked, boolean pairs, Sink sink) {
        List<Integer> some = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            if (asked.get(row).stream().anyMatch(task -> task.pairs() == pairs)) some.add(row);
        }
        if (some.isEmpty()) return;
        List<Example> texts = some.stream().map(rows::get).toList();
        Map<Integer, List<Encoding>> byLimit = new HashMap<>();
        for (SharingGroup group : folder.groups()) {
            if (some.stream().flatMap(row -> asked.get(row).stream()).noneMatch(task -> passes(task, group, pairs)))
                continue;
            List<Encoding> encodings =
                    byLimit.computeIfAbsent(folder.maxTokens(group), most -> encode(texts, pairs, most));
            List<Item> items = items(group, some, encodings, pairs, asked);
            pass(group, items, pairs, asked, sink);
        }
    }

    private boolean passes(Task task, SharingGroup group, boolean pairs) {
        return task.pairs() == pairs && places.get(task.name()).group == group;
    }

    /** A row once for each task that is asked of it, where the tasks have weights of their own; else once. */
    private List<Item> items(
            SharingGroup group, List<Integer> some, List<Encoding> encodings, boolean pairs, List<List<Task>> asked) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            for (Task task : asked.get(some.get(i))) {
                if (!passes(task, group, pairs)) continue;
                boolean byTask = graphs.byTask(group);
                int position = byTask ? places.get(task.name()).position : -1;
                items.add(new Item(some.get(i), position, encodings.get(i)));
                if (!byTask) break;
            }
        }
        return items;
    }

    private void pass(SharingGroup group, List<Item> items, boolean pairs, List<List<Task>> asked, Sink sink) {
        int prompt = group.part().promptTokens();
        int[] lengths =
                items.stream().mapToInt(item -> prompt + item.encoding.length()).toArray();
        for (List<Integer> indices : Batching.byLength(lengths, batchTokens)) {
            List<Item> batch = new ArrayList<>(indices.stream().map(items::get).toList());
            batch.sort(Comparator.comparingInt(Item::task));
            TokenBatch tokens = TokenBatch.of(batch.stream().map(Item::encoding).toList(), tokenizer.padId());
            graphs.run(group, tokens, spans(group, batch, pairs, asked), (span, outputs, perRow, perToken) -> {
                for (int i = 0; i < span.count(); i++) {
                    Item item = batch.get(span.from() + i);
                    if (item.task < 0 && !asked.get(item.row).contains(span.task())) continue;
                    float[] output = new float[perToken == 0 ? perRow : item.encoding.length() * perToken];
                    outputs.get(i * perRow, output);
                    sink.accept(item.row, span.task(), output, item.encoding);
                }
            });
        }
    }

    /** Which rows of a batch go to which head: all to each, or to each its own, which lie side by side. */
    private List<Graphs.Span> spans(SharingGroup group, List<Item> batch, boolean pairs, List<List<Task>> asked) {
        List<Graphs.Span> spans = new ArrayList<>();
        if (batch.get(0).task < 0) {
            Set<Task> tasks = new LinkedHashSet<>();
            for (Item item : batch) {
                for (Task task : asked.get(item.row)) {
                    if (passes(task, group, pairs)) tasks.add(task);
                }
            }
            for (Task task : tasks) spans.add(new Graphs.Span(task, 0, 0, batch.size()));
            return spans;
        }
        for (int from = 0; from < batch.size(); ) {
            int task = batch.get(from).task;
            int to = from;
            while (to < batch.size() && batch.get(to).task == task) to++;
            spans.add(new Graphs.Span(folder.task(group.tasks().get(task)), task, from, to - from));
            from = to;
        }
        return spans;
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
