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
                    "mtl-lora",
                    "low-rank updates whose factors tasks share, with a transform of each task's own between them",
                    "Yang et al. 2024, arXiv:2410.09437",
                    MultiTaskLora::new,
                    MultiTaskLora.KNOBS),
            Part.of(
                    "adapter",
                    "small networks of each task's own behind the sub-layers",
                    "Houlsby et al. 2019, arXiv:1902.00751; Pfeiffer et al. 2021, arXiv:2005.00247",
                    Adapter::new,
                    Adapter.KNOBS),
            Part.of(
                    "hyper",
                    "adapters that one shared network makes from embeddings of task, layer and place",
                    "Mahabadi et al. 2021, arXiv:2106.04489",
                    HyperAdapter::new,
                    HyperAdapter.KNOBS));

    private SharingParts() {}

    /** @throws dev.polymath.InputException if there is no such part, or a knob is unknown or out of range */
    public static Sharing of(PartSpec spec) {
        return CATALOGUE.make(spec);
    }
}
