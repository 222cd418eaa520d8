package dev.polymath.learn.compare;

/**
 * What counts as a recipe's claim holding: a variant's mean is better than the first variant's by more than {@code by}.
 *
 * @param variant name of the variant that the claim is of
 * @param over name of the first variant, which it is tested against
 * @param on the task whose primary metric counts; null for the mean of all tasks
 * @param by what the difference must be above; metrics are 0 to 1
 * @param margin the least improvement beyond {@code by} that would be worth having; 0 or more
 */
public record Criterion(String variant, String over, String on, double by, double margin) {
    /** The smallest improvement worth having, where a recipe names none: half a point. */
    public static final double MARGIN = 0.005;

    /**
     * What a comparison says of the claim. It holds where the whole 95 % interval of the difference is above {@code by}.
     * It does not where the whole interval is below {@code by + margin}: it is worse, or any improvement is too small to
     * be worth having. Else there is too little to tell.
     */
    public Verdict judge(Summary summary) {
        Summary.Row row = summary.variants().stream()
                .filter(each -> each.name().equals(variant))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no variant " + variant));
        Difference difference = on == null ? row.meanAgainst() : row.against().get(on);
        return new Verdict(
                answer(difference), this, difference, summary.metrics().size());
    }

    private Verdict.Answer answer(Difference difference) {
        // NaN, as of runs that failed, is neither above nor below.
        if (difference == null) return Verdict.Answer.UNDECIDED;
        if (difference.low() > by) return Verdict.Answer.HOLDS;
        if (difference.high() < by + margin) return Verdict.Answer.DOES_NOT_HOLD;
        return Verdict.Answer.UNDECIDED;
    }
}
