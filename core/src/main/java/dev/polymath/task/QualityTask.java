package dev.polymath.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Poolings;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What {@link Quality} learns: {@code s = w pool(h) + b}, the logit of a passage's chance to answer some query, by binary
 * cross-entropy; states {@code h [rows, tokens, width]}, output {@code [rows, 1]}.
 *
 * <p>With the model it keeps which score each percent of the collection's passages lies below, measured on the dev rows. So what
 * an index keeps depends neither on the order of its documents nor on where indexing was interrupted; of another collection than
 * the one learned from it may be another share.
 *
 * @param name the task's
 * @param pooling from the tokens' states to the text's
 * @param prompt what goes before a passage
 * @param keep the share of the passages that an index keeps unless it is told otherwise
 * @param percentiles scores {@code s}: below the i-th lie i percent of the collection's passages; none before it is fitted
 */
public record QualityTask(String name, Pooling pooling, String prompt, double keep, List<Double> percentiles)
        implements Task {
    private static final int PERCENT = 100;

    public QualityTask {
        percentiles = List.copyOf(percentiles);
    }

    @Override
    public String type() {
        return Quality.TYPE;
    }

    @Override
    public boolean pairs() {
        return false;
    }

    @Override
    public List<Sequence> sequences(Example row) {
        return List.of(new Sequence(prompt + row.text(), null));
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    @Override
    public Weights initial(int width, SplittableRandom random) {
        return LinearHead.initial(name, 1, pooling.width(width), new float[1], random)
                .with(pooling.initial(name, width));
    }

    @Override
    public <T> T head(Ops<T> ops, Hidden<T> hidden) {
        return LinearHead.apply(ops, name, pooling.pool(ops, hidden, name));
    }

    @Override
    public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
        float[] values = new float[examples.size()];
        float[] weights = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!(examples.get(i).label() instanceof Label.Answering label)) continue;
            values[i] = label.answers() ? 1 : 0;
            weights[i] = 1;
        }
        return new Target(Array.of(values, values.length, 1), Array.of(weights, weights.length));
    }

    @Override
    public <T> T loss(Ops<T> ops, T output, T values, T weights) {
        return Losses.binaryCrossEntropy(ops, output, values, weights);
    }

    @Override
    public double chance() {
        return Losses.ofGuessing(2);
    }

    /** The chance that it answers some query, among as many passages that answer as that do not. */
    @Override
    public Answer decode(float[] output, Encoding encoding, Example example) {
        return new Answer.Value(1 / (1 + Math.exp(-output[0])));
    }

    /**
     * Below which score {@code s} a passage is left out.
     *
     * @param share of the passages to keep, above 0 and at most 1, which is all
     */
    public double threshold(double share) {
        if (share >= 1 || percentiles.isEmpty()) return Double.NEGATIVE_INFINITY;
        double place = (1 - share) * (percentiles.size() - 1);
        int below = (int) place;
        int above = Math.min(below + 1, percentiles.size() - 1);
        return percentiles.get(below) + (place - below) * (percentiles.get(above) - percentiles.get(below));
    }

    @Override
    public Task calibrated(List<Example> examples, List<float[]> outputs) {
        List<Integer> order = IntStream.range(0, outputs.size())
                .filter(i -> examples.get(i).label() instanceof Label.Answering)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> outputs.get(i)[0]))
                .toList();
        if (order.isEmpty()) return this;
        double all = 0;
        for (int row : order) all += times(examples.get(row));
        List<Double> fitted = new ArrayList<>();
        double below = 0;
        for (int row : order) {
            // Of several percents that one row stands for, each lies at its score.
            while (fitted.size() < PERCENT && below + times(examples.get(row)) > all * fitted.size() / PERCENT) {
                fitted.add((double) outputs.get(row)[0]);
            }
            below += times(examples.get(row));
        }
        double most = outputs.get(order.get(order.size() - 1))[0];
        while (fitted.size() <= PERCENT) fitted.add(most);
        return new QualityTask(name, pooling, prompt, keep, fitted);
    }

    private static double times(Example row) {
        return ((Label.Answering) row.label()).times();
    }

    @Override
    public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
        List<Double> answering = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            if (!(examples.get(i).label() instanceof Label.Answering label)) continue;
            (label.answers() ? answering : others).add(((Answer.Value) answers.get(i)).value());
        }
        others.sort(null);
        double above = 0;
        for (double value : answering) above += share(others, value);
        double least = 1 / (1 + Math.exp(-threshold(keep)));
        Map<String, Double> metrics = new LinkedHashMap<>();
        // Where there is nothing to compare, as good as a guess, and nothing is lost.
        boolean both = !answering.isEmpty() && !others.isEmpty();
        metrics.put("auc", both ? above / answering.size() : 0.5);
        long stay = answering.stream().filter(value -> value >= least).count();
        metrics.put("answers_kept", answering.isEmpty() ? 1 : (double) stay / answering.size());
        return metrics;
    }

    /** The share of sorted values that lie below one, those that are equal by half. */
    private static double share(List<Double> sorted, double value) {
        long below = sorted.stream().filter(each -> each < value).count();
        long equal = sorted.stream().filter(each -> each == value).count();
        return (below + equal / 2.0) / sorted.size();
    }

    @Override
    public ObjectNode state() {
        ObjectNode state = JsonNodeFactory.instance.objectNode();
        Poolings.keep(pooling, state);
        if (!prompt.isEmpty()) state.put("prompt", prompt);
        state.put("keep", keep);
        percentiles.forEach(state.putArray("percentiles")::add);
        return state;
    }
}
