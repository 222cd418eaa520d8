package dev.polymath.learn.balance;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;

/** The balancers there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Balancers {
    public static final Catalogue<Balancer.Kind> CATALOGUE = new Catalogue<>(
            "balance",
            Part.of("equal", "every row's loss counts the same", "", knobs -> setting -> new EqualBalancer()),
            Part.of(
                    "covariance",
                    "by how much of what features tell of labels lies in directions that tasks share",
                    "Wu, Zhang and Ré 2020, arXiv:2005.00944",
                    knobs -> setting -> new CovarianceBalancer(setting, knobs.whole("rank")),
                    Knob.whole("rank", 4, 1, 10_000, "number of directions")));

    private Balancers() {}

    /** @throws dev.polymath.InputException if there is no such balancer, or a knob is unknown or out of range */
    public static Balancer.Kind of(PartSpec spec) {
        return CATALOGUE.make(spec);
    }
}
