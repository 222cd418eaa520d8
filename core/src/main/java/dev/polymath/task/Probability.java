package dev.polymath.task;

/** Raw outputs as probabilities, and back. */
final class Probability {
    private Probability() {}

    /** {@code 1 / (1 + e^-x)}. */
    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** {@code log(p / (1 - p))}. */
    static double logit(double p) {
        return Math.log(p / (1 - p));
    }

    /** {@code log(1 + e^x)}, without overflow. */
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** The logarithm of the softmax of {@code count} logits that begin at {@code from}. */
    static double[] logSoftmax(float[] logits, int from, int count) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) most = Math.max(most, logits[from + i]);
        double sum = 0;
        for (int i = 0; i < count; i++) sum += Math.exp(logits[from + i] - most);
        double shift = most + Math.log(sum);
        double[] result = new double[count];
        for (int i = 0; i < count; i++) result[i] = logits[from + i] - shift;
        return result;
    }

    /** The softmax of the logits. */
    static double[] softmax(float[] logits) {
        double[] result = logSoftmax(logits, 0, logits.length);
        for (int i = 0; i < result.length; i++) result[i] = Math.exp(result[i]);
        return result;
    }

    /** The index of the greatest value, the first of equals. */
    static int argmax(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
        return best;
    }
}
