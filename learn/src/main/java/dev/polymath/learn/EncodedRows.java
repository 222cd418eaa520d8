package dev.polymath.learn;

import dev.polymath.data.Example;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a task, tokenized.
 *
 * @param encodings {@code encodings[i]} is {@code examples[i]} as tokens
 */
record EncodedRows(List<Example> examples, List<Encoding> encodings) {
    /** Rows a call of the tokenizer takes at most, which bounds the memory that it holds at once. */
    private static final int CHUNK = 4096;

    static EncodedRows of(Task task, List<Example> examples, Tokenizer tokenizer, int maxTokens) {
        List<Encoding> encodings = new ArrayList<>(examples.size());
        for (int from = 0; from < examples.size(); from += CHUNK) {
            List<Example> chunk = examples.subList(from, Math.min(examples.size(), from + CHUNK));
            List<String> texts = chunk.stream().map(Example::text).toList();
            encodings.addAll(
                    task.pairs()
                            ? tokenizer.encodeAll(
                                    texts, chunk.stream().map(Example::text2).toList(), maxTokens)
                            : tokenizer.encodeAll(texts, maxTokens));
        }
        return new EncodedRows(examples, List.copyOf(encodings));
    }

    /** A task's raw outputs for these rows as answers. */
    List<Answer> answers(Task task, List<float[]> outputs) {
        List<Answer> answers = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) answers.add(task.decode(outputs.get(i), encodings.get(i), examples.get(i)));
        return answers;
    }

    int size() {
        return examples.size();
    }

    /** Tokens of each row. */
    int[] lengths() {
        return encodings.stream().mapToInt(Encoding::length).toArray();
    }
}
