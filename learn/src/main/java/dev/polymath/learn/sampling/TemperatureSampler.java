package dev.polymath.learn.sampling;

/**
 * Probability proportional to {@code rows^(1 / temperature)}: 1 is proportional to the number of rows, infinity is
 * uniform over tasks (Arivazhagan et al. 2019, Massively Multilingual Neural Machine Translation in the Wild).
 *
 * @param temperature at least 1
 */
public record TemperatureSampler(double temperature) implements Sampler {
    public TemperatureSampler {
        if (!(temperature >= 1)) throw new IllegalArgumentException("temperature is " + temperature + ", less than 1");
    }

    @Override
    public double[] probabilities(Moment moment) {
        long[] rows = moment.rows();
        double[] probabilities = new double[rows.length];
        double total = 0;
        for (int task = 0; task < rows.length; task++) {
            probabilities[task] = Math.pow(rows[task], 1 / temperature);
            total += probabilities[task];
        }
        for (int task = 0; task < rows.length; task++) probabilities[task] /= total;
        return probabilities;
    }
}
