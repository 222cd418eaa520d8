package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.weights.Weights;
import java.util.SplittableRandom;

/**
 * Hard parameter sharing: {@code h = backbone(x)} for every task, with nothing of a task's own below its head; no
 * knobs. Caruana 1997, <i>Multitask Learning</i>, Machine Learning 28, 41-75.
 */
public final class Hard implements Sharing {
    @Override
    public boolean byTask() {
        return false;
    }

    @Override
    public Weights initial(Backbone backbone, int tasks, SplittableRandom random) {
        return Weights.empty();
    }

    @Override
    public <T> Sites<T> sites(T taskOfRow) {
        return Sites.none();
    }
}
