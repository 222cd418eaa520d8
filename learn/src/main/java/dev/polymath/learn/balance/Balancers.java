package dev.polymath.learn.balance;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import java.util.List;
import java.util.Locale;

/** The balancers there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Balancers {
    public static final Catalogue<Balancer.Kind> CATALOGUE = new Catalogue<>(
            "balance",
            Part.of("equal", "every row's loss counts the same", "", knobs -> setting -> new EqualBalancer()),
            Part.of(
                    "fixed",
                    "every task's loss times a number of its own",
                    "",
                    knobs -> new FixedBalancer.Of(knobs.byTask("weights")),
                    Knob.byTask("weights", 0, 1e6, "factors by task; 1 where it names none")),
            Part.of(
                    "uncertainty",
                    "each task by a variance that is learned",
                    "Kendall et al. 2018, Multi-Task Learning Using Uncertainty to Weigh Losses",
                    knobs -> {
                        double rate = knobs.number("learning_rate");
                        return setting ->
                                new UncertaintyBalancer(setting.tasks().size(), rate);
                    },
                    Knob.number("learning_rate", 0.01, 0, 1, "most that a log-variance moves in a step")),
            Part.of(
                    "rlw",
                    "weights drawn anew each step",
                    "Lin et al. 2022, Reasonable Effectiveness of Random Weighting",
                    knobs -> setting -> new RandomBalancer()),
            Part.of(
                    "dwa",
                    "more for tasks whose loss falls more slowly",
                    "Liu et al. 2019, End-to-End Multi-Task Learning with Attention",
                    knobs -> {
                        double temperature = knobs.number("temperature");
                        int period = knobs.whole("period");
                        return setting -> new AverageBalancer(setting.tasks().size(), temperature, period);
                    },
                    Knob.number("temperature", 2, 0.01, 1e6, "the higher, the more alike the weights"),
                    Knob.whole("period", 100, 1, 1_000_000, "steps that a loss is averaged over")),
            Part.of(
                    "famo",
                    "every task's loss falls at one relative rate",
                    "Liu et al. 2023, FAMO: Fast Adaptive Multitask Optimization",
                    knobs -> {
                        double rate = knobs.number("learning_rate");
                        double decay = knobs.number("decay");
                        return setting -> new FamoBalancer(setting.tasks().size(), rate, decay);
                    },
                    Knob.number("learning_rate", 0.025, 0, 1, "most that a weight's logit moves in a step"),
                    Knob.number("decay", 0.001, 0, 1, "pull of the logits towards equal weights")),
            Part.of(
                    "gradnorm",
                    "gradients of one norm, larger where a task lags",
                    "Chen et al. 2018, GradNorm: Gradient Normalization for Adaptive Loss Balancing",
                    knobs -> {
                        double alpha = knobs.number("alpha");
                        double rate = knobs.number("learning_rate");
                        return setting -> new GradNormBalancer(setting.tasks().size(), alpha, rate);
                    },
                    Knob.number("alpha", 1.5, 0, 10, "how much a lagging task gains; 0 for equal norms"),
                    Knob.number("learning_rate", 0.025, 0, 1, "most that the logarithm of a weight moves in a step")),
            Part.of(
                    "pcgrad",
                    "takes from each gradient what conflicts with another",
                    "Yu et al. 2020, Gradient Surgery for Multi-Task Learning",
                    knobs -> setting -> new PcGradBalancer()),
            Part.of(
                    "cagrad",
                    "near the mean gradient, what helps the worst-off task most",
                    "Liu et al. 2021, Conflict-Averse Gradient Descent for Multi-task Learning",
                    knobs -> {
                        double c = knobs.number("c");
                        return setting -> new CaGradBalancer(c);
                    },
                    Knob.number("c", 0.4, 0, 1, "how far from the mean gradient, in its norms")),
            Part.of(
                    "mgda",
                    "the shortest mixture of the gradients",
                    "Sener and Koltun 2018, Multi-Task Learning as Multi-Objective Optimization",
                    knobs -> {
                        MgdaBalancer.Normalize normalize = MgdaBalancer.Normalize.valueOf(
                                knobs.choice("normalize").toUpperCase(Locale.ROOT));
                        return setting -> new MgdaBalancer(normalize);
                    },
                    Knob.choice("normalize", "none", List.of("none", "norm", "loss"), "what gradients are divided by")),
            Part.of(
                    "aligned",
                    "gradients' principal components at one length",
                    "Senushkin et al. 2023, Independent Component Alignment for Multi-Task Learning",
                    knobs -> {
                        AlignedBalancer.Scale scale = AlignedBalancer.Scale.valueOf(
                                knobs.choice("scale").toUpperCase(Locale.ROOT));
                        return setting -> new AlignedBalancer(scale);
                    },
                    Knob.choice("scale", "min", List.of("min", "median", "rmse"), "the component whose length it is")),
            Part.of(
                    "nash",
                    "what the tasks would agree on in bargaining",
                    "Navon et al. 2022, Multi-Task Learning as a Bargaining Game",
                    knobs -> setting -> new NashBalancer()),
            Part.of(
                    "sam",
                    "each task's gradient at the worst point near the weights",
                    "Phan et al. 2022, Improving Multi-task Learning via Seeking Task-based Flat Regions",
                    knobs -> new SharpnessAware.Of(of(knobs.part("with")), knobs.number("radius")),
                    Knob.part("with", "equal", "what balances those gradients"),
                    Knob.number("radius", 0.05, 1e-6, 10, "how far the worst point may be, in the weights' units")),
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
