package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.run.Quantization.Measured;
import dev.polymath.task.Task;
import dev.polymath.weights.Int8Weight;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Gives a model graphs in int8 beside those in F32, as far as no task loses more than a limit. All linear maps of the
 * backbone are tried in int8 first. If tasks lose too much, the maps of each layer are tried by themselves, and those of each
 * kind (queries, ...) of all layers; how much a map harms is taken for the product of how far the outputs of those tasks move
 * with its layer and with its kind. So a backbone of 6 layers takes 12 trials and not 36. The worst maps stay in F32: one,
 * two, three, four, six, nine, 13, ... until every task is within the limit.
 */
public final class Quantizer {
    /** Rows of a task that tell how far its outputs move. */
    private static final int PROBES = 64;

    private final ModelFolder model;
    private final Path target;
    private final Yardstick yardstick;
    private final double limit;
    private final Consumer<String> progress;
    /** Sites by the weight of their linear map. */
    private final Map<String, List<String>> sites = new LinkedHashMap<>();

    private final long start = System.nanoTime();

    /**
     * One that measures by each task's primary metric.
     *
     * @param model stays as it is until {@link #quantize} is done
     * @param target where the model is written with its int8 graphs; its own place for it to be replaced
     * @param rows labelled examples of every task, on which neither the model nor its thresholds were learned if possible
     * @param limit the most that a task may lose, in points, 0 or more
     * @param progress told in a few words what is going on
     * @throws InputException if a task has no labelled rows, or the limit is no such number
     */
    public Quantizer(
            ModelFolder model, Path target, Map<String, List<Example>> rows, double limit, Consumer<String> progress) {
        this(model, target, Yardstick.metrics(model, rows), limit, progress);
    }

    Quantizer(ModelFolder model, Path target, Yardstick yardstick, double limit, Consumer<String> progress) {
        if (!(limit >= 0) || Double.isInfinite(limit)) {
            throw new InputException("the limit is " + limit + " points; give a number of 0 or more");
        }
        this.model = model;
        this.target = target;
        this.yardstick = yardstick;
        this.limit = limit;
        this.progress = progress;
        model.backbone().projections().forEach((site, projection) -> sites.computeIfAbsent(
                        projection.weight(), each -> new ArrayList<>())
                .add(site));
    }

    /**
     * Measures, chooses, and writes the model with its int8 graphs.
     *
     * @return what it measured; null if no layer can be in int8 within the limit, and nothing was written
     * @throws InputException if it may not be written there
     */
    public Quantization quantize() {
        ModelFolder.requirePlace(target);
        progress.accept("measuring fp32");
        Map<String, Measured> floats;
        Map<String, List<float[]>> outputs = new HashMap<>();
        try (Polymath polymath = opened(model.path(), Precision.FP32)) {
            floats = yardstick.measured(polymath, yardstick.tasks());
            for (String task : yardstick.tasks()) outputs.put(task, probed(polymath, task));
        }
        progress.accept("measuring int8");
        Set<String> kept = Set.of();
        Quantization found = tried(kept, floats, yardstick.tasks());
        if (!found.losing().isEmpty()) {
            List<String> worst = worstFirst(found.losing(), outputs);
            int count = 0;
            while (!found.losing().isEmpty()) {
                count = count < 4 ? count + 1 : count + count / 2;
                if (count >= worst.size()) return null;
                kept = new LinkedHashSet<>(worst.subList(0, count));
                progress.accept("measuring int8 with " + count + " of " + worst.size() + " layers in fp32");
                found = tried(kept, floats, found.losing());
            }
        }
        ModelFolderWriter.quantize(target, model, kept, found);
        return found;
    }

    /** The int8 form of the backbone's linear weights but for some. */
    static Weights int8(Backbone backbone, Weights weights, Collection<String> kept) {
        Set<String> names = new LinkedHashSet<>();
        for (Projection projection : backbone.projections().values()) names.add(projection.weight());
        names.removeAll(kept);
        Weights all = Weights.empty();
        for (String name : names)
            all = all.with(Int8Weight.of(weights.get(name)).named(name));
        return all;
    }

    /**
     * What tasks lose where some maps stay in F32.
     *
     * @param suspects measured first; the others only if none of these loses too much
     */
    private Quantization tried(Set<String> kept, Map<String, Measured> floats, Collection<String> suspects) {
        Set<String> others = new LinkedHashSet<>(yardstick.tasks());
        others.removeAll(suspects);
        return with(kept, polymath -> {
            Map<String, Measured> int8 = yardstick.measured(polymath, suspects);
            if (quantization(kept, floats, int8).losing().isEmpty()) int8.putAll(yardstick.measured(polymath, others));
            return quantization(kept, floats, int8);
        });
    }

    private Quantization quantization(Set<String> kept, Map<String, Measured> floats, Map<String, Measured> int8) {
        Map<String, Measured> both = new LinkedHashMap<>();
        floats.forEach((task, fp32) -> {
            if (!int8.containsKey(task)) return;
            both.put(
                    task,
                    new Measured(
                            fp32.metric(),
                            fp32.rows(),
                            fp32.fp32(),
                            int8.get(task).fp32()));
        });
        return new Quantization(limit, both, sites(kept, true), sites(kept, false), seconds());
    }

    private List<String> worstFirst(List<String> losing, Map<String, List<float[]>> outputs) {
        Map<String, Set<String>> layers = new LinkedHashMap<>();
        Map<String, Set<String>> kinds = new LinkedHashMap<>();
        for (String weight : sites.keySet()) {
            layers.computeIfAbsent(layer(weight), each -> new HashSet<>()).add(weight);
            kinds.computeIfAbsent(kind(weight), each -> new HashSet<>()).add(weight);
        }
        Map<String, Double> moved = new HashMap<>();
        for (Map<String, Set<String>> parts : List.of(layers, kinds)) {
            parts.forEach((part, weights) -> {
                progress.accept("trying " + part + " in int8 by itself");
                moved.put(part, moved(weights, losing, outputs));
            });
        }
        return sites.keySet().stream()
                .sorted(Comparator.comparingDouble(weight -> -moved.get(layer(weight)) * moved.get(kind(weight))))
                .toList();
    }

    /** How far outputs of tasks move with these maps alone in int8. */
    private double moved(Set<String> weights, List<String> tasks, Map<String, List<float[]>> outputs) {
        Set<String> others = new HashSet<>(sites.keySet());
        others.removeAll(weights);
        return with(others, polymath -> {
            double sum = 0;
            for (String task : tasks) sum += distance(outputs.get(task), probed(polymath, task));
            return sum;
        });
    }

    /** Of {@code layer.3.ffn.in} it is {@code layer.3}. */
    private String layer(String weight) {
        String site = sites.get(weight).get(0);
        return site.substring(0, site.indexOf('.', site.indexOf('.') + 1));
    }

    /** Of {@code layer.3.ffn.in} it is {@code ffn.in}. */
    private String kind(String weight) {
        return sites.get(weight).get(0).substring(layer(weight).length() + 1);
    }

    private interface Use<T> {
        T of(Polymath polymath);
    }

    /** Uses the model in int8 with some maps in F32, from a folder beside its place that is then deleted. */
    private <T> T with(Set<String> kept, Use<T> use) {
        Path trial = AtomicFolder.temporary(target);
        try {
            Files.createDirectories(trial);
            Map<String, Measured> all = new LinkedHashMap<>();
            for (Task task : model.tasks()) all.put(task.name(), new Measured("", 0, 0, 0));
            ModelFolderWriter.quantizeInto(trial, model, kept, new Quantization(limit, all, List.of(), List.of(), 0));
            try (Polymath polymath = opened(trial, Precision.INT8)) {
                return use.of(polymath);
            } finally {
                AtomicFolder.delete(trial);
            }
        } catch (IOException e) {
            throw AtomicFolder.failure(target, e);
        }
    }

    private static Polymath opened(Path folder, Precision precision) {
        return Polymath.open(folder, Polymath.Settings.DEFAULT.with(precision));
    }

    private List<float[]> probed(Polymath polymath, String task) {
        List<Example> some = yardstick.rows(task).stream().limit(PROBES).toList();
        return polymath.outputs(polymath.folder().task(task), some);
    }

    /** The squared distance of outputs, in units of the squared length of the first. */
    private static double distance(List<float[]> first, List<float[]> second) {
        double distance = 0;
        double length = 0;
        for (int row = 0; row < first.size(); row++) {
            for (int i = 0; i < first.get(row).length; i++) {
                distance += Math.pow(first.get(row)[i] - second.get(row)[i], 2);
                length += Math.pow(first.get(row)[i], 2);
            }
        }
        return length == 0 ? distance : distance / length;
    }

    private List<String> sites(Set<String> kept, boolean inFloats) {
        List<String> some = new ArrayList<>();
        sites.forEach((weight, all) -> {
            if (kept.contains(weight) == inFloats) some.addAll(all);
        });
        return some;
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1_000_000 / 1e3;
    }
}
