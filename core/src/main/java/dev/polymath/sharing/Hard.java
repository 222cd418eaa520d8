package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;

/**
 * Hard parameter sharing: {@code h = backbone(x)} for every task, with nothing of a task's own below its head; no
 * knobs. Caruana 1997, <i>Multitask Learning</i>, Machine Learning 28, 41-75.
 */
public final class Hard implements Sharing {
    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return Sites.none();
    }
}
