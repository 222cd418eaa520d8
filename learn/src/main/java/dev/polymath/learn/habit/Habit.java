package dev.polymath.learn.habit;

import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Sites;
import dev.polymath.task.Task;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Something that happens while learning, at moments of a step each of which it may leave alone. What it does follows
 * from the step and the seed, so that a run can go on from any step. A new one is one class and one line in {@link
 * Habits}.
 */
public interface Habit {
    /**
     * What a habit may know before the first step.
     *
     * @param tasks in the project's order
     * @param seed of the run
     */
    record Setting(Backbone backbone, List<Task> tasks, long seed) {
        public Setting {
            tasks = List.copyOf(tasks);
        }
    }

    /** A habit's entry in the catalogue with its knobs read: makes one a run. */
    @FunctionalInterface
    interface Kind {
        Habit create(Setting setting);

        /**
         * Whether it can go with such tasks.
         *
         * @param types kinds of task by the tasks' names
         * @throws dev.polymath.InputException if not
         */
        default void check(Map<String, String> types) {}
    }

    /**
     * A task's rows within a batch, after the forward pass.
     *
     * @param index the task's position in the project
     * @param from the first of its rows in the batch that went through the backbone
     * @param count how many they are
     * @param ops to compute with, in F32
     * @param hidden the backbone's states of these rows
     * @param output the head's
     * @param values labels, as {@link dev.polymath.task.Target} has them
     * @param weights as {@link dev.polymath.task.Target} has them
     * @param pretrained the states of these rows under the weights as learning began, without gradients; computed when
     *     asked for: another forward pass
     */
    record TaskBatch(
            int index,
            Task task,
            int from,
            int count,
            TorchOps ops,
            Hidden<Tensor> hidden,
            Tensor output,
            Tensor values,
            Tensor weights,
            Supplier<Hidden<Tensor>> pretrained) {}

    /** What plugs into the backbone's sites in a step's forward pass, around what the sharing part plugs in. */
    default Sites<Tensor> around(Sites<Tensor> sites) {
        return sites;
    }

    /**
     * The loss to descend for a task's rows; not asked of tasks whose rows are judged by one another.
     *
     * @param loss a scalar: the task's own loss, or what another habit made of it
     */
    default Tensor loss(TaskBatch batch, Tensor loss) {
        return loss;
    }

    /**
     * Called once a step, when gradients are complete and before they are clipped.
     *
     * @param step steps before this one
     * @param seed another one each step
     * @param gradients flat, to be changed in place
     */
    default void gradients(long step, long seed, List<Tensor> gradients) {}

    /**
     * Whether a task goes on learning.
     *
     * @param scores after each epoch so far, each task's primary metric on its dev rows
     */
    default boolean learns(String task, List<Map<String, Double>> scores) {
        return true;
    }
}
