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
                    Lora.KNOBS));

    private SharingParts() {}

    /** @throws dev.polymath.InputException if there is no such part, or a knob is unknown or out of range */
    public static Sharing of(PartSpec spec) {
        return CATALOGUE.make(spec);
    }
}
