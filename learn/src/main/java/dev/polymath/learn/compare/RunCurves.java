package dev.polymath.learn.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.learn.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run's curves are drawn from: scores after each epoch, and factors of each step. Kept in a file beside the
 * checkpoint, so that a run that goes on has them from its beginning; after a kill within an epoch, that epoch's factors
 * before the checkpoint are missing.
 */
final class RunCurves implements TrainingListener {
    private static final int POINTS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Numbers by task at a step. */
    record At(long step, Map<String, Double> values) {}

    /** What the file holds. */
    record Kept(List<At> epochs, List<At> factors) {}

    private final Path file;
    private final TrainingListener also;
    private final List<At> epochs = new ArrayList<>();
    private final List<At> factors = new ArrayList<>();
    private long step;
    private long steps;

    /**
     * @param also hears everything too
     * @param resume whether to begin with what the file holds
     */
    RunCurves(Path file, TrainingListener also, boolean resume) {
        this.file = file;
        this.also = also;
        if (!resume || !Files.exists(file)) return;
        try {
            Kept kept = JSON.readValue(file.toFile(), Kept.class);
            epochs.addAll(kept.epochs);
            factors.addAll(kept.factors);
        } catch (IOException e) {
            // Curves with a gap are better than no run.
            epochs.clear();
        }
    }

    void save() {
        try {
            JSON.writeValue(file.toFile(), new Kept(epochs, factors));
        } catch (IOException e) {
            throw new InputException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** After each epoch, each task's primary metric. */
    List<Map<String, Double>> dev() {
        return epochs.stream().map(At::values).toList();
    }

    /** By task, means over fiftieths of the run; empty where all factors are 1. */
    Map<String, List<Summary.Point>> points() {
        boolean plain = factors.stream()
                .allMatch(at -> at.values.values().stream().allMatch(factor -> Math.abs(factor - 1) < 1e-9));
        Map<String, List<Summary.Point>> points = new LinkedHashMap<>();
        if (plain) return points;
        Map<String, double[][]> sums = new LinkedHashMap<>();
        for (At at : factors) {
            int bin = (int) Math.min(POINTS - 1, POINTS * (at.step - 1) / Math.max(1, steps));
            at.values.forEach((task, factor) -> {
                double[] sum = sums.computeIfAbsent(task, name -> new double[POINTS][2])[bin];
                sum[0] += factor;
                sum[1]++;
            });
        }
        sums.forEach((task, bins) -> {
            List<Summary.Point> curve = new ArrayList<>();
            for (int bin = 0; bin < POINTS; bin++) {
                if (bins[bin][1] == 0) continue;
                curve.add(new Summary.Point((bin + 0.5) / POINTS, bins[bin][0] / bins[bin][1]));
            }
            points.put(task, curve);
        });
        return points;
    }

    @Override
    public void begin(long step, long steps) {
        this.step = step;
        this.steps = steps;
        // What came after the checkpoint comes again.
        epochs.removeIf(at -> at.step > step);
        factors.removeIf(at -> at.step > step);
        also.begin(step, steps);
    }

    @Override
    public void steps(long steps) {
        this.steps = steps;
        also.steps(steps);
    }

    @Override
    public void step(long step, double loss, long tokens, double seconds) {
        this.step = step;
        also.step(step, loss, tokens, seconds);
    }

    @Override
    public void factors(long step, Map<String, Double> factors) {
        this.factors.add(new At(step, Map.copyOf(factors)));
        also.factors(step, factors);
    }

    @Override
    public void epoch(int epoch, Map<String, Map<String, Double>> metrics, double mean, boolean best) {
        Map<String, Double> primary = new LinkedHashMap<>();
        metrics.forEach(
                (task, values) -> primary.put(task, values.values().iterator().next()));
        epochs.add(new At(step, primary));
        save();
        also.epoch(epoch, metrics, mean, best);
    }
}
