package dev.polymath.learn.habit;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import java.util.List;

/** The habits there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Habits {
    public static final Catalogue<Habit.Kind> CATALOGUE = new Catalogue<>(
            "habits",
            Part.of(
                    "gradient-noise",
                    "Gaussian noise on all gradients, which falls as learning goes on",
                    "Neelakantan et al. 2015, arXiv:1511.06807",
                    knobs -> setting ->
                            new GradientNoise(knobs.number("eta"), knobs.number("gamma"), knobs.flag("relative")),
                    Knob.number("eta", 0.3, 0, 1e6, "variance of the noise at the first step"),
                    Knob.number("gamma", 0.55, 0, 100, "it falls by (1 + step)^-gamma"),
                    Knob.flag("relative", true, "whether it is in units of the gradient's mean square")),
            Part.of(
                    "distribution-regularisation",
                    "heads must also do their tasks on the states of the pre-trained backbone",
                    "Zhou et al. 2023, DR-Tune, arXiv:2308.12058",
                    knobs -> setting ->
                            new DistributionRegularisation(knobs.number("weight"), knobs.flag("calibration")),
                    Knob.number("weight", 1, 0, 1e6, "of the loss on pre-trained states"),
                    Knob.flag("calibration", true, "whether those are turned and moved to where the states are now")),
            Part.of(
                    "feedback-alignment",
                    "no backpropagation: each layer gets a fixed random projection of the output's error",
                    "Nøkland 2016, arXiv:1609.01596; Launay et al. 2020, arXiv:2006.12878",
                    knobs -> setting -> new FeedbackAlignment(setting, knobs.number("scale")),
                    Knob.number("scale", 1, 1e-6, 1e6, "of the projections")),
            Part.of(
                    "early-stopping",
                    "a task whose dev metric has stopped rising gives no more rows",
                    "Prechelt 1998, Early Stopping - but When?",
                    knobs -> setting -> new EarlyStopping(knobs.whole("patience")),
                    Knob.whole("patience", 1, 1, 1000, "epochs without a new best")));

    private Habits() {}

    /** @throws dev.polymath.InputException if there is no such habit, or a knob is unknown or out of range */
    public static List<Habit.Kind> of(List<PartSpec> specs) {
        return specs.stream().map(CATALOGUE::make).toList();
    }
}
