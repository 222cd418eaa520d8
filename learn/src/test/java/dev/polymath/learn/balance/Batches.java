package dev.polymath.learn.balance;

import dev.polymath.project.PartSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What tests of balancers begin with: losses, and gradients as plain vectors. */
final class Batches {
    /** A batch: losses of the tasks in it, and their gradients {@code [k, n]}. */
    record Batch(List<Balancer.TaskLoss> losses, double[][] gradients) {}

    private Batches() {}

    static Balancer balancer(String type, Map<String, Object> knobs, String... tasks) {
        return Balancers.of(new PartSpec(type, knobs)).create(new Balancer.Setting(List.of(tasks), Batches::probe));
    }

    /** Eight rows of three features and two targets, others for each task. */
    static Balancer.Probe probe(int task) {
        Random random = new Random(task);
        return new Balancer.Probe(gaussian(random, 8, 3), gaussian(random, 8, 2));
    }

    private static double[][] gaussian(Random random, int rows, int columns) {
        double[][] numbers = new double[rows][columns];
        for (double[] row : numbers) for (int i = 0; i < columns; i++) row[i] = random.nextGaussian();
        return numbers;
    }

    static Balancer.Step step(long number) {
        return new Balancer.Step(number, 0, 31 * number + 7);
    }

    /** Losses of all tasks, in equal shares. */
    static List<Balancer.TaskLoss> losses(double... losses) {
        List<Balancer.TaskLoss> all = new ArrayList<>();
        for (int task = 0; task < losses.length; task++) {
            all.add(new Balancer.TaskLoss(task, 1.0 / losses.length, losses[task]));
        }
        return all;
    }

    static double[][] products(double[][] gradients) {
        double[][] products = new double[gradients.length][gradients.length];
        for (int i = 0; i < gradients.length; i++) {
            for (int j = 0; j < gradients.length; j++) products[i][j] = Gram.dot(gradients[i], gradients[j]);
        }
        return products;
    }

    /** What a step descends: {@code (1/k) sum_t a_t g_t}. */
    static double[] combined(double[] factors, double[][] gradients) {
        double[] sum = new double[gradients[0].length];
        for (int i = 0; i < factors.length; i++) {
            for (int j = 0; j < sum.length; j++) sum[j] += factors[i] * gradients[i][j] / factors.length;
        }
        return sum;
    }

    /** The factors of a batch in equal shares whose losses are 1. */
    static double[] factors(Balancer balancer, double[][] gradients) {
        double[] ones = new double[gradients.length];
        Arrays.fill(ones, 1);
        return factors(balancer, step(1), new Batch(losses(ones), gradients));
    }

    /** One step of any balancer; those that look back see losses that are a tenth lower. */
    static double[] factors(Balancer balancer, Balancer.Step step, Batch batch) {
        if (balancer instanceof SharpnessAware sharp) return factors(sharp.inner(), step, batch);
        if (balancer instanceof GradientBalancer some) {
            double[][] products = products(batch.gradients);
            // They come from products of 32-bit floats.
            for (double[] row : products) for (int j = 0; j < row.length; j++) row[j] = (float) row[j];
            return some.factors(step, batch.losses, products);
        }
        LossBalancer plain = (LossBalancer) balancer;
        double[] factors = plain.factors(step, batch.losses);
        if (plain.looksBack()) {
            plain.after(
                    step,
                    batch.losses.stream()
                            .map(loss -> new Balancer.TaskLoss(
                                    loss.task(), loss.share(), loss.loss() * (0.9 - 0.1 * loss.task())))
                            .toList());
        }
        return factors;
    }

    /**
     * Some of the tasks, at least one, with losses of any size, and gradients that are random, nothing, or that of the
     * task before: as it is, or turned about; at scales from 1e-4 to 1e4.
     */
    static Batch random(Random random, int tasks) {
        List<Balancer.TaskLoss> losses = new ArrayList<>();
        List<double[]> gradients = new ArrayList<>();
        double chance = random.nextDouble();
        int sure = random.nextInt(tasks);
        for (int task = 0; task < tasks; task++) {
            if (task != sure && random.nextDouble() < chance) continue;
            double loss = random.nextInt(8) == 0 ? 0 : Math.exp(3 * random.nextGaussian());
            losses.add(new Balancer.TaskLoss(task, random.nextDouble(), loss));
            gradients.add(gradient(random, gradients));
        }
        return new Batch(losses, gradients.toArray(double[][]::new));
    }

    private static double[] gradient(Random random, List<double[]> before) {
        double[] gradient = new double[6];
        int kind = random.nextInt(6);
        if (kind == 0) return gradient;
        double scale = Math.pow(10, random.nextInt(9) - 4);
        for (int i = 0; i < gradient.length; i++) gradient[i] = scale * random.nextGaussian();
        if (kind > 2 || before.isEmpty()) return gradient;
        double[] last = before.get(before.size() - 1);
        for (int i = 0; i < gradient.length; i++) gradient[i] = kind == 1 ? last[i] : -last[i];
        return gradient;
    }
}
