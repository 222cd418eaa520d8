package dev.polymath.learn.sampling;

/**
 * The easy rows first, of every task: at each time the easiest {@code c} of a task's rows may be drawn, with
 *
 * <pre>c = min(1, sqrt(progress (1 - start^2) / until + start^2))</pre>
 *
 * where progress is the share of the run that is done. New rows come the slower the more there are, so that each is
 * learned as long before the next. Each task is drawn with probability proportional to {@code rows^(1 / temperature)}:
 * as many rows as without a curriculum, and hence easy ones several times.
 *
 * <p>Knobs: {@code difficulty}, {@code start}, {@code until}, {@code temperature}. Rows are ranked within their task, by
 * tokens or by loss under a small model: {@link Difficulty}.
 *
 * <p>Source: E. Platanios et al., Competence-based Curriculum Learning for Neural Machine Translation, 2019,
 * arXiv:1903.09848, its square root competence; there {@code start} is 0.01, of millions of rows.
 *
 * @param difficulty not {@code NONE}
 * @param start the share of rows at the beginning, above 0, up to 1
 * @param until the share of the run after which all rows are there, above 0, up to 1
 * @param temperature at least 1
 */
public record CurriculumSampler(Difficulty difficulty, double start, double until, double temperature)
        implements Sampler {
    public CurriculumSampler {
        if (difficulty == Difficulty.NONE) throw new IllegalArgumentException("a curriculum needs a difficulty");
        if (!(start > 0 && start <= 1)) throw new IllegalArgumentException("it starts with " + start + " of the rows");
        if (!(until > 0 && until <= 1)) throw new IllegalArgumentException("it lasts " + until + " of the run");
    }

    @Override
    public double[] probabilities(Moment moment) {
        return new TemperatureSampler(temperature).probabilities(moment);
    }

    @Override
    public double admitted(Moment moment) {
        return Math.min(1, Math.sqrt(moment.progress() * (1 - start * start) / until + start * start));
    }

    @Override
    public int parts() {
        return PARTS;
    }
}
