package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Covariance alignment: each task {@code t} has a matrix of its own between the embeddings and the layers that all share,
 *
 * <pre>
 *   h = backbone(E R[t]),    R[t] = I + D[t]
 * </pre>
 *
 * for embeddings {@code E [rows, tokens, width]} and each task's learned {@code D [width, width]}, which begins as zero: so
 * tasks whose inputs have unlike covariances need not pull the shared layers apart. No knobs. Wu, Zhang and Ré 2020,
 * <i>Understanding and Improving Information Transfer in Multi-Task Learning</i>, arXiv:2005.00944, algorithm 1.
 *
 * <p>What is learned and stored is the difference to the identity: weight decay then pulls to the identity and not to
 * zero, and a product in half precision rounds the difference, where it would round {@code R} itself to steps of 1/256.
 */
public final class CovarianceAlignment implements Sharing {
    static final String WEIGHT = "alignment";

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        return new Weights(Map.of(WEIGHT, Array.zeros(backbone.width(), backbone.width())));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new Sites<>() {
            @Override
            public T at(Ops<T> ops, String site, T input, T output) {
                if (!site.equals("embeddings")) return output;
                return ops.add(output, ops.matmul(output, weights.own(ops, WEIGHT)));
            }
        };
    }
}
