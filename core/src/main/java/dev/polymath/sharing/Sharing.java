package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.weights.Weights;
import java.util.SplittableRandom;

/** A way for tasks to share a backbone: what it plugs into the sites, and the weights that this needs. Stateless. */
public interface Sharing {
    /**
     * The weights of this part as learning begins; none of their names is a backbone's.
     *
     * @param random where all chance comes from
     */
    Weights initial(Backbone backbone, SplittableRandom random);

    /**
     * What plugs into the backbone's sites.
     *
     * @param taskOfRow the index of each row's task, integers {@code [rows]}
     */
    <T> Sites<T> sites(T taskOfRow);
}
