package dev.polymath.pooling;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.HashMap;
import java.util.Map;

/**
 * The mean over tokens, turned and stretched so that the vectors of the task's training texts have mean 0 and covariance 1:
 *
 * <pre>
 *   v = (m - mean) W,    W = U L^(-1/2)    for the covariance U L U^T, largest variances first
 * </pre>
 *
 * Mean and {@code W} are fitted once, before learning, on the backbone as it is then; descent leaves them alone. They lie in
 * {@code heads.NAME.whitening.mean [width]} and {@code heads.NAME.whitening.matrix [width, dimensions]}. Knobs: {@code
 * dimensions} keeps those of the largest variances alone, 0 for all; {@code over}, which states the mean is of.
 *
 * <p>Source: J. Huang et al., WhiteningBERT, 2021, arXiv:2104.01767; keeping fewer dimensions, J. Su et al., 2021,
 * arXiv:2103.15316.
 */
public record Whitening(int dimensions, States over) implements Pooling {
    static final String NAME = "whitening";

    static final Knob[] KNOBS = {
        Knob.whole("dimensions", 0, 0, 65536, "how many of the whitened numbers are kept, 0 for all"),
        States.knob(States.FIRST_LAST)
    };

    Whitening(Knobs knobs) {
        this(knobs.whole("dimensions"), States.of(knobs));
    }

    @Override
    public PartSpec part() {
        Map<String, Object> knobs = new HashMap<>();
        if (dimensions > 0) knobs.put("dimensions", dimensions);
        if (over != States.FIRST_LAST) knobs.put("over", over.key());
        return new PartSpec(NAME, knobs);
    }

    @Override
    public Reading reading(int layers) {
        return over.reading(layers);
    }

    @Override
    public int width(int width) {
        return dimensions == 0 ? width : dimensions;
    }

    @Override
    public void check(Backbone backbone) {
        if (dimensions <= backbone.width()) return;
        throw new InputException("pooling " + NAME + ": dimensions is " + dimensions
                + ", and the backbone's states have 1 to " + backbone.width());
    }

    /** Such that nothing is changed but for the numbers that are left out. */
    @Override
    public Weights initial(String task, int width) {
        float[] same = new float[width * width(width)];
        for (int i = 0; i < width(width); i++) same[i * width(width) + i] = 1;
        return weights(task, new float[width], same);
    }

    @Override
    public boolean learns(String task, String weight) {
        return !weight.equals(mean(task)) && !weight.equals(matrix(task));
    }

    /**
     * Its weights.
     *
     * @param matrix {@code [width, dimensions]}, row-major
     */
    public Weights weights(String task, float[] mean, float[] matrix) {
        return new Weights(Map.of(
                mean(task), Array.of(mean, mean.length),
                matrix(task), Array.of(matrix, mean.length, width(mean.length))));
    }

    private static String mean(String task) {
        return "heads." + task + ".whitening.mean";
    }

    private static String matrix(String task) {
        return "heads." + task + ".whitening.matrix";
    }

    /** What it is fitted on: the mean over tokens, {@code [rows, width]}. */
    public <T> T plain(Ops<T> ops, Hidden<T> hidden) {
        return Tokens.mean(ops, over.of(ops, hidden), Tokens.mask(ops, hidden));
    }

    @Override
    public <T> T pool(Ops<T> ops, Hidden<T> hidden, String task) {
        T centred = ops.subtract(plain(ops, hidden), ops.weight(mean(task)));
        return ops.matmul(centred, ops.weight(matrix(task)));
    }
}
