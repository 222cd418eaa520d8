package dev.polymath.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The vector of a text, as the backbone gives it: {@code v = pool(h) / |pool(h)|}, for states {@code h [rows, tokens,
 * width]} a row of length 1, {@code [rows, width]}. It has no weights and is not learned: models that come with a backbone
 * have it, project files do not name it.
 *
 * <p>Source: N. Reimers and I. Gurevych, Sentence-BERT, 2019, arXiv:1908.10084.
 */
public record Embedder(String name, Pooling pooling) implements Task {
    /** Its kind's name. */
    public static final String TYPE = "embed";

    private static final double SHORTEST = 1e-12;

    static Task restored(String name, ObjectNode state) {
        return new Embedder(name, Pooling.named(state.get("pooling").asText()));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean pairs() {
        return false;
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    @Override
    public Weights initial(int width, SplittableRandom random) {
        return Weights.empty();
    }

    @Override
    public <T> T head(Ops<T> ops, Hidden<T> hidden) {
        T pooled = pooling.pool(ops, hidden);
        T length = ops.sqrt(ops.sum(ops.multiply(pooled, pooled), -1, true));
        return ops.divide(pooled, ops.atLeast(length, SHORTEST));
    }

    /** At length 1 again: the mean of several windows' vectors is shorter. */
    @Override
    public Answer decode(float[] output, Encoding encoding, Example example) {
        double squares = 0;
        for (float value : output) squares += value * value;
        double length = Math.max(SHORTEST, Math.sqrt(squares));
        float[] values = new float[output.length];
        for (int i = 0; i < values.length; i++) values[i] = (float) (output[i] / length);
        return new Answer.Vector(values);
    }

    @Override
    public ObjectNode state() {
        return JsonNodeFactory.instance.objectNode().put("pooling", pooling.key());
    }

    // ---- what is not asked of a task that no project has

    @Override
    public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
        throw notLearned();
    }

    @Override
    public <T> T loss(Ops<T> ops, T output, T values, T weights) {
        throw notLearned();
    }

    @Override
    public double chance() {
        throw notLearned();
    }

    @Override
    public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
        throw notLearned();
    }

    private IllegalStateException notLearned() {
        return new IllegalStateException("task '" + name + "' is neither learned nor measured");
    }
}
