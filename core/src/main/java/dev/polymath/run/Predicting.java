package dev.polymath.run;

import dev.polymath.task.Answer;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From questions to predictions, in the passes that their texts share. */
final class Predicting {
    private final List<Question> questions;
    private final AskedTexts texts = new AskedTexts();
    private final ComparedPairs pairs = new ComparedPairs();
    private final List<Map<String, Answer>> answers = new ArrayList<>();
    private final List<Map<String, float[]>> raw = new ArrayList<>();
    private final int[] tokens;
    private final boolean[] truncated;

    Predicting(List<Question> questions) {
        this.questions = questions;
        this.tokens = new int[questions.size()];
        this.truncated = new boolean[questions.size()];
        for (Question question : questions) {
            answers.add(new LinkedHashMap<>());
            raw.add(question.raw() ? new HashMap<>() : Map.of());
        }
    }

    /**
     * @param question its number
     * @param tasks that are asked
     */
    void add(int question, List<Task> tasks) {
        Input input = questions.get(question).input();
        List<Task> others = new ArrayList<>();
        for (Task task : tasks) {
            answers.get(question).put(task.name(), null);
            if (task instanceof Interacting compares) pairs.add(question, input, compares);
            else others.add(task);
        }
        texts.add(question, input, others);
    }

    /** @param width the backbone's */
    void run(Passes passes, Engine engine, int width) {
        passes.run(
                texts.rows(),
                texts.asked(),
                row -> questions.get(texts.questions().get(row)).input().whole(),
                (row, task, output, encoding) -> {
                    int question = texts.questions().get(row);
                    Answer answer = task.decode(output, encoding, texts.rows().get(row));
                    answered(question, task, output, answer, encoding.length(), encoding.truncated());
                });
        pairs.run(passes, engine, width, (question, task, score, query, passage) -> {
            float[] output = {score};
            int length = query.length() + passage.length();
            boolean cut = query.truncated() || passage.truncated();
            answered(question, task, output, task.decode(output, query, null), length, cut);
        });
    }

    private void answered(int question, Task task, float[] output, Answer answer, int length, boolean cut) {
        answers.get(question).put(task.name(), answer);
        if (questions.get(question).raw()) raw.get(question).put(task.name(), output);
        tokens[question] = Math.max(tokens[question], length);
        truncated[question] |= cut;
    }

    List<Prediction> predictions() {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            Input input = questions.get(i).input();
            predictions.add(
                    new Prediction(input.text(), input.text2(), answers.get(i), tokens[i], truncated[i], raw.get(i)));
        }
        return predictions;
    }
}
