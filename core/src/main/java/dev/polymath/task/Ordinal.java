package dev.polymath.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Row;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.TaskSpec;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * One level of several in an order, such as stars: one direction {@code w} and ordered thresholds, {@code P(level > k) =
 * sigmoid(w pool(h) + b_k)} with {@code b_1 > b_2 > ...}, learned by the binary cross-entropies of "level > k".
 *
 * <p>Shapes: states {@code h [rows, tokens, width]}, {@code w [1, width]}, output {@code [rows, levels - 1]}. The
 * thresholds are {@code b_k = t_1 - softplus(t_2) - ... - softplus(t_k)} of free {@code t}, so that they keep their order,
 * and begin where they give the levels' shares of the training rows.
 *
 * <p>The answer's value is the expected level, {@code 1 + sum_k P(level > k)}. Its label is the number of {@code k} with
 * {@code P(level > k) > 1/2}, until cut points on the expected level are fitted on held-out rows for quadratic weighted
 * kappa.
 *
 * <p>Settings: {@code text}, {@code label}, {@code labels} (in order; else the labels must be numbers), {@code pooling}
 * ({@code mean}, or {@code cls}). Metrics: {@code qwk}, {@code mae} (in levels), {@code accuracy}.
 *
 * <p>Source: W. Cao, V. Mirjalili and S. Raschka, Rank consistent ordinal regression (CORAL), 2020, arXiv:1901.07884.
 */
public final class Ordinal implements TaskKind {
    @Override
    public String type() {
        return "ordinal";
    }

    @Override
    public String summary() {
        return "one level of several in an order, such as stars";
    }

    @Override
    public Set<String> parts() {
        return Set.of("pooling");
    }

    @Override
    public Set<String> keys() {
        return Set.of("text", "label", "labels");
    }

    @Override
    public Set<String> required() {
        return Set.of("text", "label");
    }

    @Override
    public Example example(TaskSpec spec, Row row) {
        return TextRow.example(spec, row, TextRow.name(spec, row));
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        Set<String> seen = Classify.seen(train);
        if (seen.size() < 2) throw Classify.tooFew(spec, seen);
        LabelSet labels = LabelSet.declared(spec);
        if (labels == null) labels = numbers(spec, seen);
        return new Grader(spec.name(), labels, Poolings.of(spec), thresholds(labels, train), List.of());
    }

    private static LabelSet numbers(TaskSpec spec, Set<String> seen) {
        for (String name : seen) {
            if (Double.isNaN(Regress.number(name))) {
                throw new InputException("task '" + spec.name() + "': the order of its labels is not known, for '"
                        + name + "' is not a number; give them in order as 'labels', such as [bad, fair, good]");
            }
        }
        return new LabelSet(seen.stream()
                .sorted(Comparator.comparingDouble(Regress::number))
                .toList());
    }

    /** Logits of the shares of training rows over each level but the last, half a row added to each level. */
    private static List<Double> thresholds(LabelSet labels, List<Example> train) {
        double[] counts = new double[labels.size()];
        double rows = 0.5 * counts.length;
        for (Example example : train) {
            if (!(example.label() instanceof Label.Name label)) continue;
            counts[labels.index(label.name())]++;
            rows++;
        }
        List<Double> thresholds = new ArrayList<>();
        double over = rows;
        for (int k = 0; k < counts.length - 1; k++) {
            over -= counts[k] + 0.5;
            thresholds.add(Probability.logit(over / rows));
        }
        return thresholds;
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        List<Double> thresholds = new ArrayList<>();
        state.withArray("thresholds").forEach(threshold -> thresholds.add(threshold.asDouble()));
        List<Double> cuts = new ArrayList<>();
        state.withArray("cuts").forEach(cut -> cuts.add(cut.asDouble()));
        return new Grader(name, LabelSet.restored(state), Poolings.restored(state), thresholds, cuts);
    }

    @Override
    public List<String> problems(Task task, Example example) {
        return example.label() instanceof Label.Name label
                ? ((Grader) task).labelSet().problems(label.name())
                : List.of();
    }

    /**
     * @param start where the thresholds begin, descending
     * @param cuts cut points on the expected level between neighbouring levels, ascending; empty until fitted
     */
    private record Grader(String name, LabelSet labelSet, Pooling pooling, List<Double> start, List<Double> cuts)
            implements Task {
        @Override
        public String type() {
            return "ordinal";
        }

        @Override
        public boolean pairs() {
            return false;
        }

        @Override
        public List<String> labels() {
            return labelSet.names();
        }

        @Override
        public Weights initial(int width, SplittableRandom random) {
            float[] free = new float[start.size()];
            free[0] = start.get(0).floatValue();
            for (int k = 1; k < free.length; k++) {
                free[k] = (float) Math.log(Math.expm1(start.get(k - 1) - start.get(k)));
            }
            return LinearHead.initial(name, 1, pooling.width(width), free, random)
                    .with(pooling.initial(name, width));
        }

        @Override
        public <T> T head(Ops<T> ops, Hidden<T> hidden) {
            T position = ops.linear(pooling.pool(ops, hidden, name), ops.weight(LinearHead.weight(name)), null);
            return ops.add(position, thresholds(ops));
        }

        /** {@code [1, levels - 1]}, descending. */
        private <T> T thresholds(Ops<T> ops) {
            int count = labelSet.size() - 1;
            T free = ops.reshape(ops.weight(LinearHead.bias(name)), count, 1);
            if (count == 1) return free;
            T steps = ops.scale(ops.softplus(ops.slice(free, 0, 1, Long.MAX_VALUE)), -1);
            float[] sums = new float[count * count];
            for (int from = 0; from < count; from++) {
                for (int to = from; to < count; to++) sums[from * count + to] = 1;
            }
            T parts = ops.concat(0, List.of(ops.slice(free, 0, 0, 1), steps));
            // Not a matrix product: interpreters may compute those in bfloat16, too coarse for thresholds.
            return ops.sum(ops.multiply(parts, ops.constant(Array.of(sums, count, count))), 0, true);
        }

        @Override
        public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
            int count = labelSet.size() - 1;
            float[] values = new float[examples.size() * count];
            float[] weights = new float[examples.size()];
            for (int i = 0; i < weights.length; i++) {
                if (!(examples.get(i).label() instanceof Label.Name label) || !labelSet.has(label.name())) continue;
                weights[i] = 1;
                for (int k = 0; k < labelSet.index(label.name()); k++) values[i * count + k] = 1;
            }
            return new Target(Array.of(values, weights.length, count), Array.of(weights, weights.length));
        }

        @Override
        public <T> T loss(Ops<T> ops, T output, T values, T weights) {
            return Losses.binaryCrossEntropy(ops, output, values, weights);
        }

        @Override
        public double chance() {
            return start.stream()
                    .mapToDouble(threshold -> Losses.entropy(Probability.sigmoid(threshold)))
                    .sum();
        }

        @Override
        public Answer decode(float[] output, Encoding encoding, Example example) {
            double[] scores = new double[labelSet.size()];
            double sum = 0;
            for (int k = 0; k < scores.length; k++) {
                double atLeast = k == 0 ? 1 : Probability.sigmoid(output[k - 1]);
                double over = k == output.length ? 0 : Probability.sigmoid(output[k]);
                scores[k] = Math.max(0, atLeast - over);
                sum += scores[k];
            }
            for (int k = 0; k < scores.length; k++) scores[k] /= sum;
            double value = value(output);
            return new Answer.Level(labelSet.names().get(level(output, value)), value, labelSet.scores(scores));
        }

        private static double value(float[] output) {
            double value = 1;
            for (float logit : output) value += Probability.sigmoid(logit);
            return value;
        }

        private int level(float[] output, double value) {
            int level = 0;
            for (int k = 0; k < output.length; k++) {
                if (cuts.isEmpty() ? output[k] > 0 : value >= cuts.get(k)) level++;
            }
            return level;
        }

        @Override
        public Task calibrated(List<Example> examples, List<float[]> outputs) {
            int[] labelled = IntStream.range(0, outputs.size())
                    .filter(i -> examples.get(i).label() instanceof Label.Name label && labelSet.has(label.name()))
                    .toArray();
            double[] values = IntStream.of(labelled)
                    .mapToDouble(i -> value(outputs.get(i)))
                    .toArray();
            double[] levels = IntStream.of(labelled)
                    .mapToDouble(i ->
                            1 + labelSet.index(((Label.Name) examples.get(i).label()).name()))
                    .toArray();
            return new Grader(name, labelSet, pooling, start, CutPoints.fitted(values, levels, labelSet.size()));
        }

        @Override
        public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
            List<Integer> gold = new ArrayList<>();
            List<Integer> predicted = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (!(examples.get(i).label() instanceof Label.Name label) || !labelSet.has(label.name())) continue;
                gold.add(labelSet.index(label.name()));
                predicted.add(labelSet.index(((Answer.Level) answers.get(i)).label()));
            }
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("qwk", Agreement.quadraticKappa(gold, predicted));
            metrics.put("mae", Agreement.meanAbsoluteError(gold, predicted));
            metrics.put("accuracy", Agreement.accuracy(gold, predicted));
            return metrics;
        }

        @Override
        public ObjectNode state() {
            ObjectNode state = JsonNodeFactory.instance.objectNode();
            Poolings.keep(pooling, state);
            labelSet.keep(state);
            start.forEach(state.putArray("thresholds")::add);
            cuts.forEach(state.putArray("cuts")::add);
            return state;
        }
    }
}
