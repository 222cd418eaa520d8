package dev.polymath.learn;

import dev.polymath.data.Label;
import dev.polymath.learn.balance.Balancer.Probe;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Training rows as the pre-trained backbone sees them: {@link Probe}. */
final class Probes {
    /** Rows a task: enough for a covariance of some hundred dimensions to settle. */
    private static final int MOST_ROWS = 1000;
    /** Rows a pass. */
    private static final int CHUNK = 100;

    private Probes() {}

    /** Rows of a task at even distances, since a file may be sorted by its labels. */
    static Probe of(Network network, Map<String, Tensor> weights, Task task, int index, EncodedRows rows) {
        int count = Math.min(MOST_ROWS, rows.size());
        List<Encoding> encodings = new ArrayList<>();
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int row = (int) ((long) i * rows.size() / count);
            encodings.add(rows.of(row).get(0));
            labels.add(rows.examples().get(row).label());
        }
        double[][] features = new double[count][];
        for (int from = 0; from < count; from += CHUNK) {
            int to = Math.min(count, from + CHUNK);
            try (PointerScope scope = new PointerScope();
                    AutoGradMode off = new AutoGradMode(false)) {
                int[] tasks = new int[to - from];
                Arrays.fill(tasks, index);
                Hidden<Tensor> hidden = network.hidden(weights, encodings.subList(from, to), tasks);
                TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
                float[] means = Tensors.array(mean(ops, hidden)).floats();
                int width = means.length / (to - from);
                for (int row = from; row < to; row++) {
                    features[row] = new double[width];
                    for (int i = 0; i < width; i++) features[row][i] = means[(row - from) * width + i];
                }
            }
        }
        return new Probe(features, targets(task, labels));
    }

    /** {@code [rows, width]}: the mean over tokens that are no padding. */
    static <T> T mean(Ops<T> ops, Hidden<T> hidden) {
        T mask = ops.reshape(ops.toFloat(hidden.mask()), 0, 0, 1);
        T sum = ops.sum(ops.multiply(hidden.last(), mask), 1, false);
        return ops.divide(sum, ops.sum(mask, 1, false));
    }

    static double[][] targets(Task task, List<Label> labels) {
        List<String> names = task.labels();
        if (names.isEmpty()) return numbers(labels);
        double[][] targets = new double[labels.size()][names.size()];
        for (int row = 0; row < targets.length; row++) {
            for (String name : named(labels.get(row))) {
                int at = names.indexOf(name);
                if (at >= 0) targets[row][at] += 1;
            }
            if (labels.get(row) instanceof Label.Tags tags) {
                for (int i = 0; i < names.size(); i++)
                    targets[row][i] /= Math.max(1, tags.tags().size());
            }
        }
        return targets;
    }

    private static List<String> named(Label label) {
        if (label instanceof Label.Name name) return List.of(name.name());
        if (label instanceof Label.Names several) return several.names();
        if (label instanceof Label.Tags tags) return tags.tags();
        return List.of();
    }

    /** Standardised to mean 0 and variance 1; 0 where there is none. */
    private static double[][] numbers(List<Label> labels) {
        double[] values = labels.stream()
                .mapToDouble(label -> label instanceof Label.Number number ? number.value() : Double.NaN)
                .toArray();
        double mean = Arrays.stream(values).filter(Double::isFinite).average().orElse(0);
        double variance = Arrays.stream(values)
                .filter(Double::isFinite)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(0);
        double deviation = variance > 0 ? Math.sqrt(variance) : 1;
        double[][] targets = new double[values.length][1];
        for (int row = 0; row < values.length; row++) {
            targets[row][0] = Double.isFinite(values[row]) ? (values[row] - mean) / deviation : 0;
        }
        return targets;
    }
}
