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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A number for a text or a pair of texts: {@code mean + deviation (w pool(h) + b)}, learned by the squared error in
 * units of the training numbers' standard deviation.
 *
 * <p>Shapes: states {@code h [rows, tokens, width]}, {@code w [1, width]}, output {@code [rows, 1]}, standardised.
 * Settings: {@code text}, {@code text2} (for pairs), {@code label}, {@code pooling} ({@code mean}, or {@code cls}).
 * Metrics: {@code spearman}, {@code pearson}.
 *
 * <p>Source: J. Devlin et al., BERT, 2019, arXiv:1810.04805 (STS-B), with standardised targets.
 */
public final class Regress implements TaskKind {
    @Override
    public String type() {
        return "regress";
    }

    @Override
    public String summary() {
        return "a number for a text or a pair of texts";
    }

    @Override
    public Set<String> parts() {
        return Set.of("pooling");
    }

    @Override
    public Set<String> keys() {
        return Set.of("text", "text2", "label");
    }

    @Override
    public Set<String> required() {
        return Set.of("text", "label");
    }

    @Override
    public Example example(TaskSpec spec, Row row) {
        return TextRow.example(spec, row, label(spec, row));
    }

    /** A row's number, or null where it has none. */
    static Label label(TaskSpec spec, Row row) {
        String field = TextRow.label(spec, row);
        if (field == null) return null;
        double value = number(field);
        if (Double.isNaN(value)) {
            String hint = Double.isNaN(number(field.replace(',', '.')))
                    ? ""
                    : "; did you mean '" + field.replace(',', '.') + "'?";
            throw InputException.at(
                    row.file(),
                    row.line(),
                    "'" + field + "' in '" + spec.setting("label") + "' is not a number" + hint);
        }
        return new Label.Number(value);
    }

    /** The text as a finite number, or NaN. Java's own endings, as in {@code 5f}, are no part of a number. */
    static double number(String text) {
        if (text.isEmpty() || Character.isLetter(text.charAt(text.length() - 1))) return Double.NaN;
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? value : Double.NaN;
        } catch (NumberFormatException notANumber) {
            return Double.NaN;
        }
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        double[] values = train.stream()
                .filter(example -> example.label() instanceof Label.Number)
                .mapToDouble(example -> ((Label.Number) example.label()).value())
                .toArray();
        if (values.length == 0) throw Classify.tooFew(spec, Set.of());
        Moments moments = Moments.of(values);
        if (moments.deviation() == 0) {
            throw new InputException("task '" + spec.name() + "': every labelled row of " + spec.train()
                    + " has the number " + values[0] + "; there must be two numbers or more");
        }
        return new Regressor(
                spec.name(), spec.setting("text2") != null, Poolings.of(spec), moments.mean(), moments.deviation());
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        return new Regressor(
                name,
                state.get("pairs").asBoolean(),
                Poolings.restored(state),
                state.get("mean").asDouble(),
                state.get("deviation").asDouble());
    }

    @Override
    public List<String> problems(Task task, Example example) {
        return List.of();
    }

    /**
     * @param mean of the training numbers
     * @param deviation standard deviation of the training numbers
     */
    private record Regressor(String name, boolean pairs, Pooling pooling, double mean, double deviation)
            implements Task {
        @Override
        public String type() {
            return "regress";
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
                if (!(examples.get(i).label() instanceof Label.Number label)) continue;
                values[i] = (float) ((label.value() - mean) / deviation);
                weights[i] = 1;
            }
            return new Target(Array.of(values, values.length), Array.of(weights, weights.length));
        }

        @Override
        public <T> T loss(Ops<T> ops, T output, T values, T weights) {
            return Losses.squaredError(ops, output, values, weights);
        }

        /** The variance, which standardised numbers have. */
        @Override
        public double chance() {
            return 1;
        }

        @Override
        public Answer decode(float[] output, Encoding encoding, Example example) {
            return new Answer.Value(mean + deviation * output[0]);
        }

        @Override
        public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
            int[] labelled = IntStream.range(0, answers.size())
                    .filter(i -> examples.get(i).label() instanceof Label.Number)
                    .toArray();
            double[] gold = IntStream.of(labelled)
                    .mapToDouble(i -> ((Label.Number) examples.get(i).label()).value())
                    .toArray();
            double[] predicted = IntStream.of(labelled)
                    .mapToDouble(i -> ((Answer.Value) answers.get(i)).value())
                    .toArray();
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("spearman", Correlation.spearman(gold, predicted));
            metrics.put("pearson", Correlation.pearson(gold, predicted));
            return metrics;
        }

        @Override
        public ObjectNode state() {
            ObjectNode state = JsonNodeFactory.instance.objectNode();
            Poolings.keep(pooling, state.put("pairs", pairs));
            return state.put("mean", mean).put("deviation", deviation);
        }
    }
}
