package dev.polymath.learn.torch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A gradient of the shared weights for each task of a batch. Backward passes add to one slot at a time; then the slots
 * are compared and combined. Memory: one copy of the shared weights a slot.
 */
public final class TaskGradients implements AutoCloseable {
    private final PointerScope scope = new PointerScope();
    private final Parameters parameters;
    private final List<Parameters.Group> groups = new ArrayList<>();
    /** For each group {@code [slots, n]}. */
    private final List<Tensor> slots = new ArrayList<>();

    /** @param most how many tasks a batch has at most */
    public TaskGradients(Parameters parameters, int most) {
        try (scope) {
            scope.extend();
            this.parameters = parameters;
            for (Parameters.Group group : parameters.groups()) {
                if (!group.kind().shared()) continue;
                groups.add(group);
                slots.add(torch.zeros(new long[] {most, group.value().numel()}, Tensors.FLOAT));
            }
        }
    }

    /** From now on gradients of shared weights go to a slot, which is zero at first. */
    public void into(int slot) {
        try (PointerScope local = new PointerScope()) {
            for (int i = 0; i < groups.size(); i++) {
                Tensor row = slots.get(i).select(0, slot);
                row.zero_();
                parameters.accumulateInto(groups.get(i), row);
            }
        }
    }

    /** From now on gradients go to the parameters' own again. */
    public void done() {
        for (Parameters.Group group : groups) parameters.accumulateInto(group, group.gradient());
    }

    /** The norm of a slot's gradient. */
    public double norm(int slot) {
        double squares = 0;
        try (PointerScope local = new PointerScope()) {
            for (Tensor rows : slots) {
                double norm = rows.select(0, slot).norm().item_double();
                squares += norm * norm;
            }
        }
        return Math.sqrt(squares);
    }

    /** The inner products {@code [count, count]} of the first slots' gradients. */
    public double[][] products(int count) {
        double[][] products = new double[count][count];
        try (PointerScope local = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            for (Tensor rows : slots) {
                Tensor some = rows.narrow(0, 0, count);
                float[] part = Tensors.array(torch.mm(some, some.t())).floats();
                for (int i = 0; i < count; i++) for (int j = 0; j < count; j++) products[i][j] += part[i * count + j];
            }
        }
        return products;
    }

    /** Adds {@code sum_t factors_t gradient_t} over the first slots to the parameters' own gradients. */
    public void combine(double[] factors) {
        try (PointerScope local = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            float[] narrow = new float[factors.length];
            for (int i = 0; i < narrow.length; i++) narrow[i] = (float) factors[i];
            Tensor weights = Tensors.of(dev.polymath.weights.Array.of(narrow, narrow.length));
            for (int i = 0; i < groups.size(); i++) {
                Tensor some = slots.get(i).narrow(0, 0, narrow.length);
                groups.get(i).gradient().addmv_(some.t(), weights);
            }
        }
    }

    /** Moves the shared weights along a slot's gradient to the given length; closing what comes back undoes it. */
    public Moved move(int slot, double length) {
        return new Moved(slot, length);
    }

    /** Shared weights that were moved; closing puts them back to the last bit. */
    public final class Moved implements AutoCloseable {
        private final PointerScope kept = new PointerScope();
        private final List<Tensor> before = new ArrayList<>();

        private Moved(int slot, double length) {
            double norm = norm(slot);
            try (kept;
                    AutoGradMode off = new AutoGradMode(false)) {
                kept.extend();
                double factor = norm > 0 && Double.isFinite(norm) ? length / norm : 0;
                for (int i = 0; i < groups.size(); i++) {
                    Tensor value = groups.get(i).value();
                    before.add(value.clone());
                    value.add_(slots.get(i).select(0, slot), new Scalar(factor));
                }
            }
        }

        @Override
        public void close() {
            try (PointerScope local = new PointerScope();
                    AutoGradMode off = new AutoGradMode(false)) {
                for (int i = 0; i < groups.size(); i++) groups.get(i).value().copy_(before.get(i));
            }
            kept.close();
        }
    }

    @Override
    public void close() {
        slots.clear();
        scope.close();
    }
}
