package dev.polymath.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Any number of labels for a text: {@code sigmoid(W pool(h) + b)}, learned by binary cross-entropy; the labels over one
 * threshold are given.
 *
 * <p>Shapes: states {@code h [rows, tokens, width]}, {@code W [labels, width]}, output {@code [rows, labels]}. The bias
 * begins at the logit of each label's share of the training rows, so that learning does not begin with unlearning
 * thousands of labels that are not there. The threshold is 0.5 until it is fitted on held-out rows.
 *
 * <p>Settings: {@code text}, {@code label}, {@code separator} (between a cell's labels, {@code |} by default;
 * a list in JSONL needs none), {@code labels} (else those of the training rows, sorted), {@code pooling} ({@code mean}, or {@code cls}). An empty cell means
 * no label. Metrics: {@code micro_f1}, {@code macro_f1}.
 *
 * <p>Source: J. Nam et al., Large-scale multi-label text classification, 2014, arXiv:1312.5419; the one threshold as in
 * Y. Yang, A study of thresholding strategies for text categorization, SIGIR 2001 (score cut).
 */
public final class Multilabel implements TaskKind {
    @Override
    public String type() {
        return "multilabel";
    }

    @Override
    public String summary() {
        return "any number of labels for a text";
    }

    @Override
    public Set<String> parts() {
        return Set.of("pooling");
    }

    @Override
    public Set<String> keys() {
        return Set.of("text", "label", "separator", "labels");
    }

    @Override
    public Set<String> required() {
        return Set.of("text", "label");
    }

    @Override
    public Example example(TaskSpec spec, Row row) {
        return TextRow.example(spec, row, names(spec, row));
    }

    private static Label names(TaskSpec spec, Row row) {
        List<String> parts = row.values(spec.setting("label"));
        if (parts == null) {
            String cell = row.field(spec.setting("label"));
            if (cell == null) return null;
            String separator = spec.setting("separator") == null ? "|" : spec.setting("separator");
            parts = List.of(cell.split(Pattern.quote(separator)));
        }
        LabelSet declared = LabelSet.declared(spec);
        Set<String> names = new LinkedHashSet<>();
        for (String part : parts) {
            if (part.isBlank()) continue;
            TextRow.check(spec, row, part.strip(), declared);
            names.add(part.strip());
        }
        return new Label.Names(List.copyOf(names));
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        Set<String> seen = new TreeSet<>();
        for (Example example : train) if (example.label() instanceof Label.Names label) seen.addAll(label.names());
        if (seen.isEmpty()) throw Classify.tooFew(spec, seen);
        LabelSet labels = LabelSet.declared(spec);
        if (labels == null) labels = new LabelSet(List.copyOf(seen));
        return new Multilabeller(spec.name(), labels, Poolings.of(spec), shares(labels, train), 0.5);
    }

    /** The share of labelled rows that have each label, with half a row added either way so that it is never 0 or 1. */
    private static List<Double> shares(LabelSet labels, List<Example> train) {
        double[] counts = new double[labels.size()];
        int rows = 0;
        for (Example example : train) {
            if (!(example.label() instanceof Label.Names label)) continue;
            rows++;
            for (String name : label.names()) counts[labels.index(name)]++;
        }
        List<Double> shares = new ArrayList<>();
        for (double count : counts) shares.add((count + 0.5) / (rows + 1));
        return shares;
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        List<Double> shares = new ArrayList<>();
        state.withArray("shares").forEach(share -> shares.add(share.asDouble()));
        return new Multilabeller(
                name,
                LabelSet.restored(state),
                Poolings.restored(state),
                shares,
                state.get("threshold").asDouble());
    }

    @Override
    public List<String> problems(Task task, Example example) {
        List<String> problems = new ArrayList<>();
        if (example.label() instanceof Label.Names label) {
            for (String name : label.names())
                problems.addAll(((Multilabeller) task).labelSet().problems(name));
        }
        return problems;
    }

    /**
     * @param shares each label's share of the training rows
     * @param threshold the least probability of a label that is given
     */
    private record Multilabeller(String name, LabelSet labelSet, Pooling pooling, List<Double> shares, double threshold)
            implements Task {
        @Override
        public String type() {
            return "multilabel";
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
            float[] bias = new float[labelSet.size()];
            for (int i = 0; i < bias.length; i++) bias[i] = (float) Probability.logit(shares.get(i));
            return LinearHead.initial(name, bias.length, pooling.width(width), bias, random)
                    .with(pooling.initial(name, width));
        }

        @Override
        public <T> T head(Ops<T> ops, Hidden<T> hidden) {
            return LinearHead.apply(ops, name, pooling.pool(ops, hidden, name));
        }

        @Override
        public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
            float[] values = new float[examples.size() * labelSet.size()];
            float[] weights = new float[examples.size()];
            for (int i = 0; i < weights.length; i++) {
                if (!(examples.get(i).label() instanceof Label.Names label)) continue;
                weights[i] = 1;
                for (String name : label.names()) {
                    if (labelSet.has(name)) values[i * labelSet.size() + labelSet.index(name)] = 1;
                }
            }
            return new Target(Array.of(values, weights.length, labelSet.size()), Array.of(weights, weights.length));
        }

        @Override
        public <T> T loss(Ops<T> ops, T output, T values, T weights) {
            return Losses.binaryCrossEntropy(ops, output, values, weights);
        }

        @Override
        public double chance() {
            return shares.stream().mapToDouble(Losses::entropy).sum();
        }

        @Override
        public Answer decode(float[] output, Encoding encoding, Example example) {
            double[] scores = scores(output);
            List<String> over = new ArrayList<>();
            for (int i = 0; i < scores.length; i++)
                if (scores[i] >= threshold) over.add(labelSet.names().get(i));
            return new Answer.MultiLabelled(over, labelSet.scores(scores));
        }

        private double[] scores(float[] output) {
            double[] scores = new double[labelSet.size()];
            for (int i = 0; i < scores.length; i++) scores[i] = Probability.sigmoid(output[i]);
            return scores;
        }

        @Override
        public Task calibrated(List<Example> examples, List<float[]> outputs) {
            List<double[]> scores = new ArrayList<>();
            List<boolean[]> present = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                if (!(examples.get(i).label() instanceof Label.Names label)) continue;
                boolean[] has = new boolean[labelSet.size()];
                for (String name : label.names()) if (labelSet.has(name)) has[labelSet.index(name)] = true;
                scores.add(scores(outputs.get(i)));
                present.add(has);
            }
            return new Multilabeller(name, labelSet, pooling, shares, Threshold.best(scores, present, 0.5));
        }

        @Override
        public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
            List<Set<String>> gold = new ArrayList<>();
            List<Set<String>> predicted = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (!(examples.get(i).label() instanceof Label.Names label)) continue;
                gold.add(Set.copyOf(label.names()));
                predicted.add(Set.copyOf(((Answer.MultiLabelled) answers.get(i)).labels()));
            }
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("micro_f1", F1.micro(gold, predicted));
            metrics.put("macro_f1", F1.macro(labelSet.names(), gold, predicted));
            return metrics;
        }

        @Override
        public ObjectNode state() {
            ObjectNode state = JsonNodeFactory.instance.objectNode();
            Poolings.keep(pooling, state);
            state.put("threshold", threshold);
            labelSet.keep(state);
            shares.forEach(state.putArray("shares")::add);
            return state;
        }
    }
}
