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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * One label of several for a text or a pair of texts: {@code softmax(W pool(h) + b)}, learned by cross-entropy.
 *
 * <p>Shapes: states {@code h [rows, tokens, width]}, {@code W [labels, width]}, output {@code [rows, labels]}. Settings:
 * {@code text}, {@code text2} (for pairs), {@code label}, {@code labels} (else those of the training rows, sorted),
 * {@code pooling} ({@code mean}, or {@code cls}). Metrics: {@code accuracy}, {@code macro_f1}.
 *
 * <p>Source: J. Devlin et al., BERT, 2019, arXiv:1810.04805, section 4.1, with the mean of N. Reimers and I. Gurevych,
 * 2019, arXiv:1908.10084.
 */
public final class Classify implements TaskKind {
    @Override
    public String type() {
        return "classify";
    }

    @Override
    public String summary() {
        return "one label of several for a text or a pair of texts";
    }

    @Override
    public Set<String> parts() {
        return Set.of("pooling");
    }

    @Override
    public Set<String> keys() {
        return Set.of("text", "text2", "label", "labels");
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
        LabelSet labels = LabelSet.declared(spec);
        Set<String> seen = seen(train);
        if (seen.size() < 2) throw tooFew(spec, seen);
        if (labels == null) labels = new LabelSet(List.copyOf(seen));
        return new Classifier(spec.name(), spec.setting("text2") != null, labels, Poolings.of(spec));
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        return new Classifier(name, state.get("pairs").asBoolean(), LabelSet.restored(state), Poolings.restored(state));
    }

    @Override
    public List<String> problems(Task task, Example example) {
        return example.label() instanceof Label.Name label
                ? ((Classifier) task).labelSet().problems(label.name())
                : List.of();
    }

    /** The labels of the examples, sorted. */
    static Set<String> seen(List<Example> examples) {
        Set<String> seen = new TreeSet<>();
        for (Example example : examples) if (example.label() instanceof Label.Name label) seen.add(label.name());
        return seen;
    }

    static InputException tooFew(TaskSpec spec, Set<String> seen) {
        String message = seen.isEmpty()
                ? "no row of " + spec.train() + " has a label in '" + spec.setting("label") + "'"
                : "every labelled row of " + spec.train() + " has the label '"
                        + seen.iterator().next() + "'; there must be two labels or more";
        return new InputException("task '" + spec.name() + "': " + message);
    }

    private record Classifier(String name, boolean pairs, LabelSet labelSet, Pooling pooling) implements Task {
        @Override
        public String type() {
            return "classify";
        }

        @Override
        public List<String> labels() {
            return labelSet.names();
        }

        @Override
        public Weights initial(int width, SplittableRandom random) {
            return LinearHead.initial(name, labelSet.size(), pooling.width(width), new float[labelSet.size()], random)
                    .with(pooling.initial(name, width));
        }

        @Override
        public <T> T head(Ops<T> ops, Hidden<T> hidden) {
            return LinearHead.apply(ops, name, pooling.pool(ops, hidden, name));
        }

        @Override
        public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
            long[] values = new long[examples.size()];
            float[] weights = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                if (!(examples.get(i).label() instanceof Label.Name label) || !labelSet.has(label.name())) continue;
                values[i] = labelSet.index(label.name());
                weights[i] = 1;
            }
            return new Target(Array.of(values, values.length), Array.of(weights, weights.length));
        }

        @Override
        public <T> T loss(Ops<T> ops, T output, T values, T weights) {
            return Losses.crossEntropy(ops, output, values, weights);
        }

        @Override
        public double chance() {
            return Losses.ofGuessing(labelSet.size());
        }

        @Override
        public Answer decode(float[] output, Encoding encoding, Example example) {
            double[] scores = Probability.softmax(output);
            return new Answer.Labelled(labelSet.names().get(Probability.argmax(scores)), labelSet.scores(scores));
        }

        @Override
        public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
            List<String> gold = new ArrayList<>();
            List<String> predicted = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (!(examples.get(i).label() instanceof Label.Name label)) continue;
                gold.add(label.name());
                predicted.add(((Answer.Labelled) answers.get(i)).label());
            }
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("accuracy", Agreement.accuracy(gold, predicted));
            metrics.put("macro_f1", F1.macro(gold, predicted));
            return metrics;
        }

        @Override
        public ObjectNode state() {
            ObjectNode state = JsonNodeFactory.instance.objectNode();
            state.put("pairs", pairs);
            Poolings.keep(pooling, state);
            labelSet.keep(state);
            return state;
        }
    }
}
