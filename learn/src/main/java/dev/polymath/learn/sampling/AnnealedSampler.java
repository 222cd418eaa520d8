package dev.polymath.learn.sampling;

/**
 * From proportional sampling towards uniform as learning goes on: probability proportional to {@code rows^a} with
 *
 * <pre>a = 1 - (1 - end) progress</pre>
 *
 * where progress is the share of the run that is done. With {@code end} 0.2 this is {@code 1 - 0.8 (e - 1) / (E - 1)} of
 * A. Stickland and I. Murray, BERT and PALs, 2019, arXiv:1902.02671, in which the exponent falls once an
 * epoch {@code e} of {@code E}; here it falls within epochs too, so that a run of one epoch, or of less, is annealed.
 *
 * <p>Knob: {@code end}.
 *
 * @param end the exponent towards the end of the run, 0 (uniform) to 1 (proportional)
 */
public record AnnealedSampler(double end) implements Sampler {
    public AnnealedSampler {
        if (!(end >= 0 && end <= 1)) throw new IllegalArgumentException("an exponent of " + end);
    }

    @Override
    public double[] probabilities(Moment moment) {
        double exponent = 1 - (1 - end) * moment.progress();
        return new TemperatureSampler(1 / exponent).probabilities(moment);
    }

    @Override
    public int parts() {
        return PARTS;
    }
}
