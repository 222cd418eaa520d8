package dev.polymath.learn.compare;

import java.util.Locale;

/**
 * What a comparison says of a recipe's claim.
 *
 * @param difference that it rests on; null where there is none
 * @param tasks number of tasks whose mean it is of, where it is of no single one
 */
public record Verdict(Answer answer, Criterion criterion, Difference difference, int tasks) {
    /** Whether a claim holds. */
    public enum Answer {
        HOLDS("claim holds here"),
        DOES_NOT_HOLD("does not hold here"),
        UNDECIDED("undecided");

        private final String text;

        Answer(String text) {
            this.text = text;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }

    /** One line: the answer and its figures, metrics x 100. */
    public String line() {
        String what = criterion.on() == null ? "mean of " + tasks + " tasks" : criterion.on();
        String pair = criterion.variant() + " over " + criterion.over() + ", " + what + ": ";
        String wanted = String.format(
                Locale.ROOT,
                "; holds if all of it is above %+.2f, does not if all is below %+.2f",
                100 * criterion.by(),
                100 * (criterion.by() + criterion.margin()));
        return answer.text() + ": " + pair + figures() + wanted;
    }

    /** The difference in points with its interval. */
    public String figures() {
        if (difference == null || Double.isNaN(difference.mean())) return "no difference was measured";
        return String.format(
                Locale.ROOT,
                "%+.2f points (95 %% interval %+.2f to %+.2f, p = %.3f)",
                100 * difference.mean(),
                100 * difference.low(),
                100 * difference.high(),
                difference.p());
    }
}
