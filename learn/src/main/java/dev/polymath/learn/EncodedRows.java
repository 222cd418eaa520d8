package dev.polymath.learn;

import dev.polymath.data.Example;
import dev.polymath.task.Outputs;
import dev.polymath.task.Sequence;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a task, tokenized.
 *
 * @param examples the rows
 * @param sequences {@code sequences[i]} are those of {@code examples[i]}, one for most tasks
 * @param candidates what the rows are judged against; none where they are learned from
 */
record EncodedRows(List<Example> examples, List<List<Encoding>> sequences, List<Encoding> candidates) {
    /** Rows a call of the tokenizer takes at most, which bounds the memory that it holds at once. */
    private static final int CHUNK = 4096;

    /** Rows of a sequence each. */
    EncodedRows(List<Example> examples, List<Encoding> encodings) {
        this(examples, encodings.stream().map(List::of).toList(), List.of());
    }

    /** Rows to learn from. */
    static EncodedRows of(Task task, List<Example> examples, Tokenizer tokenizer, int maxTokens) {
        List<Sequence> flat = new ArrayList<>();
        int[] counts = new int[examples.size()];
        for (int row = 0; row < counts.length; row++) {
            List<Sequence> own = task.sequences(examples.get(row));
            counts[row] = own.size();
            flat.addAll(own);
        }
        List<Encoding> encodings = encoded(task, flat, tokenizer, maxTokens);
        List<List<Encoding>> sequences = new ArrayList<>();
        int at = 0;
        for (int count : counts) {
            sequences.add(List.copyOf(encodings.subList(at, at + count)));
            at += count;
        }
        return new EncodedRows(examples, List.copyOf(sequences), List.of());
    }

    /** Rows to measure by, with what they are judged against. */
    static EncodedRows measured(Task task, List<Example> examples, Tokenizer tokenizer, int maxTokens) {
        EncodedRows rows = of(task, examples, tokenizer, maxTokens);
        List<Encoding> candidates = encoded(task, task.candidates(examples), tokenizer, maxTokens);
        return new EncodedRows(examples, rows.sequences, List.copyOf(candidates));
    }

    private static List<Encoding> encoded(Task task, List<Sequence> sequences, Tokenizer tokenizer, int maxTokens) {
        List<Encoding> encodings = new ArrayList<>(sequences.size());
        for (int from = 0; from < sequences.size(); from += CHUNK) {
            List<Sequence> chunk = sequences.subList(from, Math.min(sequences.size(), from + CHUNK));
            List<String> texts = chunk.stream().map(Sequence::text).toList();
            encodings.addAll(
                    task.together()
                            ? tokenizer.encodeAll(
                                    texts, chunk.stream().map(Sequence::text2).toList(), maxTokens)
                            : tokenizer.encodeAll(texts, maxTokens));
        }
        return encodings;
    }

    /** Of a row. */
    List<Encoding> of(int row) {
        return sequences.get(row);
    }

    /** The first sequence of each row: the whole of it for most tasks. */
    List<Encoding> firsts() {
        return sequences.stream().map(row -> row.get(0)).toList();
    }

    /** The sequences of all rows, then the candidates. */
    List<Encoding> all() {
        List<Encoding> all = new ArrayList<>();
        sequences.forEach(all::addAll);
        all.addAll(candidates);
        return all;
    }

    /** A task's raw outputs for {@link #all}, by row. */
    Outputs outputs(List<float[]> all) {
        List<List<float[]>> rows = new ArrayList<>();
        int at = 0;
        for (List<Encoding> row : sequences) {
            rows.add(all.subList(at, at + row.size()));
            at += row.size();
        }
        return new Outputs(rows, firsts(), all.subList(at, all.size()));
    }

    int size() {
        return examples.size();
    }

    /** Tokens of each row, all its sequences together. */
    int[] lengths() {
        return sequences.stream()
                .mapToInt(row -> row.stream().mapToInt(Encoding::length).sum())
                .toArray();
    }
}
