package dev.polymath.sharing;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;

/** The ways of sharing there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class SharingParts {
    public static final Catalogue<Sharing> CATALOGUE = new Catalogue<>(
            "sharing",
            Part.of(
                    "hard",
                    "one backbone for all tasks, nothing of a task's own below its head",
                    "Caruana 1997, Multitask Learning",
                    knobs -> new Hard()),
            Part.of(
                    "covariance-alignment",
                    "a matrix of each task's own on the embeddings, which may align what tasks read",
                    "Wu, Zhang and Ré 2020, arXiv:2005.00944",
                    knobs -> new CovarianceAlignment()),
            Part.of(
                    "lora",
                    "a low-rank update of some projections, of each task's own",
                    "Hu et al. 2022, arXiv:2106.09685",
                    Lora::new,
                    Lora.KNOBS),
            Part.of(
                    "moe",
                    "experts instead of feed-forward blocks; a gate that knows the task sends each token to a few",
                    "Gupta et al. 2022, arXiv:2204.07689; Fedus et al. 2022, arXiv:2101.03961; ahead: Hwang et al."
                            + " 2024, arXiv:2308.12066",
                    MixtureOfExperts::new,
                    MixtureOfExperts.KNOBS),
            Part.of(
                    "task-moe",
                    "experts of which each task uses the same few, so that a task needs no others",
                    "Kudugunta et al. 2021, arXiv:2110.03742",
                    TaskRoutedExperts::new,
                    TaskRoutedExperts.KNOBS),
            Part.of(
                    "skills",
                    "feed-forward blocks with names, of which a task activates those declared for it",
                    "Zhang et al. 2022, arXiv:2203.03312",
                    Skills::new,
                    Skills.KNOBS));

    private SharingParts() {}

    /** @throws dev.polymath.InputException if there is no such part, or a knob is unknown or out of range */
    public static Sharing of(PartSpec spec) {
        return CATALOGUE.make(spec);
    }
}
