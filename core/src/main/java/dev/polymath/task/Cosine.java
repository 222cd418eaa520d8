package dev.polymath.task;

/** The cosine of the angle between two vectors. */
public final class Cosine {
    private static final double SHORTEST = 1e-12;

    private Cosine() {}

    /**
     * {@code a b / (|a| |b|)}, from -1 to 1; 0 where a vector is of zeros.
     *
     * @throws IllegalArgumentException if they are not of one length
     */
    public static double of(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("vectors of " + a.length + " and " + b.length + " numbers");
        }
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return product / Math.max(Math.sqrt(squaresA * squaresB), SHORTEST);
    }
}
