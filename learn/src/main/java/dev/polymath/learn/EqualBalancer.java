package dev.polymath.learn;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Every row counts the same: the mean loss over the batch's rows, {@code sum_t share_t * loss_t}. How much a task counts
 * is then the sampler's business alone.
 */
public final class EqualBalancer implements Balancer {
    @Override
    public Tensor combine(List<TaskLoss> losses) {
        Tensor total = null;
        for (TaskLoss task : losses) {
            Tensor part = task.loss().mul(new Scalar(task.share()));
            total = total == null ? part : total.add(part);
        }
        return total;
    }
}
