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
                    HyperAdapter.KNOBS),
            Part.of(
                    "hierarchy",
                    "heads at chosen layers, those of low-level tasks below the others",
                    "Sanh, Wolf and Ruder 2019, arXiv:1811.06031",
                    Hierarchy::new,
                    Hierarchy.KNOBS),
            Part.of(
                    "fusion",
                    "features of all tasks' own layers, fused behind every layer",
                    "Gao et al. 2019, arXiv:1801.08297; gated: Li et al. 2023, arXiv:2304.04959",
                    Fusion::new,
                    Fusion.KNOBS),
            Part.of(
                    "branch",
                    "learns at which layers tasks part, then fixes that tree",
                    "Guo, Lee and Ulbricht 2020, arXiv:2006.01895",
                    Branch::new,
                    Branch.KNOBS),
            Part.of(
                    "adapter-fusion",
                    "an adapter a task, then attention of each task over all of them",
                    "Pfeiffer et al. 2021, arXiv:2005.00247",
                    AdapterFusion::new,
                    AdapterFusion.KNOBS),
            Part.of(
                    "prompt",
                    "soft tokens of each task's own before the text",
                    "Lester et al. 2021, arXiv:2104.08691",
                    TaskPrompt::new,
                    TaskPrompt.KNOBS),
            Part.of(
                    "shared-prompt",
                    "soft tokens before the text that all tasks share, times a rank-one matrix of each task's own",
                    "Wang et al. 2023, arXiv:2303.02861",
                    SharedPrompt::new,
                    SharedPrompt.KNOBS),
            Part.of(
                    "prompt-memory",
                    "each task's own soft tokens before the text, and some retrieved by the text from a shared memory",
                    "Bari et al. 2022, arXiv:2212.10929",
                    PromptMemory::new,
                    PromptMemory.KNOBS),
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
