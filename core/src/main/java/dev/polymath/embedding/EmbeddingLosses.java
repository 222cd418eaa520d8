package dev.polymath.embedding;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Part;

/** The losses of vectors there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class EmbeddingLosses {
    public static final Catalogue<EmbeddingLoss> CATALOGUE = new Catalogue<>(
            "loss",
            Part.of(
                    "cosine",
                    "pairs in the order of their scores (CoSENT)",
                    "Su 2022, CoSENT",
                    CosineLoss::new,
                    CosineLoss.KNOBS),
            Part.of(
                    "contrastive",
                    "what belongs to a text is picked out among all of the batch (InfoNCE)",
                    "van den Oord et al. 2018, arXiv:1807.03748",
                    ContrastiveLoss::new,
                    ContrastiveLoss.KNOBS),
            Part.of(
                    "many-to-many",
                    "each of a text's matches is picked out among the wrong ones alone",
                    "Unified Work Embeddings (UWE)",
                    ManyToManyLoss::new,
                    ManyToManyLoss.KNOBS),
            Part.of(
                    "triplet",
                    "a match nearer than the nearest wrong text by a margin",
                    "Schroff et al. 2015, arXiv:1503.03832",
                    TripletLoss::new,
                    TripletLoss.KNOBS),
            Part.of(
                    "margin-mse",
                    "as much nearer than wrong texts as a teacher's scores say",
                    "Hofstätter et al. 2020, arXiv:2010.02666",
                    MarginMseLoss::new,
                    MarginMseLoss.KNOBS));

    private EmbeddingLosses() {}
}
