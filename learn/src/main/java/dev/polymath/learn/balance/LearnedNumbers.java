package dev.polymath.learn.balance;

import java.util.Arrays;

/**
 * A number for each task, learned by Adam with its usual constants. A task that a batch lacks keeps its number and its
 * moments. Kingma and Ba 2015, arXiv:1412.6980.
 */
final class LearnedNumbers {
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final double EPSILON = 1e-8;

    private final double rate;
    private final double[] values;
    private final double[] means;
    private final double[] squares;
    private final double[] steps;

    /** All numbers 0. */
    LearnedNumbers(int tasks, double rate) {
        this.rate = rate;
        this.values = new double[tasks];
        this.means = new double[tasks];
        this.squares = new double[tasks];
        this.steps = new double[tasks];
    }

    double get(int task) {
        return values[task];
    }

    void set(int task, double value) {
        values[task] = value;
    }

    /** One step of Adam for one task; nothing if the gradient is not finite. */
    void descend(int task, double gradient) {
        if (!Double.isFinite(gradient * gradient)) return;
        double step = ++steps[task];
        means[task] = MEAN_DECAY * means[task] + (1 - MEAN_DECAY) * gradient;
        squares[task] = SQUARE_DECAY * squares[task] + (1 - SQUARE_DECAY) * gradient * gradient;
        double mean = means[task] / (1 - Math.pow(MEAN_DECAY, step));
        double square = squares[task] / (1 - Math.pow(SQUARE_DECAY, step));
        values[task] -= rate * mean / (Math.sqrt(square) + EPSILON);
    }

    /** Four numbers a task. */
    double[] state() {
        int tasks = values.length;
        double[] state = Arrays.copyOf(values, 4 * tasks);
        System.arraycopy(means, 0, state, tasks, tasks);
        System.arraycopy(squares, 0, state, 2 * tasks, tasks);
        System.arraycopy(steps, 0, state, 3 * tasks, tasks);
        return state;
    }

    void restore(double[] state) {
        int tasks = values.length;
        System.arraycopy(state, 0, values, 0, tasks);
        System.arraycopy(state, tasks, means, 0, tasks);
        System.arraycopy(state, 2 * tasks, squares, 0, tasks);
        System.arraycopy(state, 3 * tasks, steps, 0, tasks);
    }
}
