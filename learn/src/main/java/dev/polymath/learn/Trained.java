package dev.polymath.learn;

import dev.polymath.task.Task;
import dev.polymath.weights.Weights;
import java.util.List;
import java.util.Map;

/**
 * What training gives.
 *
 * @param tasks in the project's order, calibrated on their dev rows
 * @param weights the best epoch's: backbone, sharing part and heads
 * @param epoch the best epoch, from 1
 * @param dev for each task its metrics on the dev rows with these weights
 * @param seconds spent in steps
 * @param tokens read in steps, padding not counted
 * @param precision what products were computed in
 */
public record Trained(
        List<Task> tasks,
        Weights weights,
        int epoch,
        Map<String, Map<String, Double>> dev,
        double seconds,
        long tokens,
        String precision) {}
