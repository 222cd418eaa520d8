package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.weights.Weights;
import java.util.SplittableRandom;

/** A way for tasks to share a backbone: what it plugs into the sites, and the weights that this needs. Stateless. */
public interface Sharing {
    /**
     * Whether what it plugs in depends on a row's task. Then {@link #sites} reads its argument, the serving graph of the
     * backbone asks for each row's task, and a text passes it once for each task that is asked of it; else once.
     */
    boolean byTask();

    /**
     * The weights of this part as learning begins; none of their names is a backbone's.
     *
     * @param tasks how many tasks there are
     * @param random where all chance comes from
     */
    Weights initial(Backbone backbone, int tasks, SplittableRandom random);

    /**
     * What plugs into the backbone's sites.
     *
     * @param taskOfRow the index of each row's task, integers {@code [rows]}; null, in a serving graph, where it is not
     *     {@link #byTask}
     */
    <T> Sites<T> sites(T taskOfRow);
}
