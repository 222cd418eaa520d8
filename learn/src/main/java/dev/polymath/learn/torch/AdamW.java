package dev.polymath.learn.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019), after clipping the gradient's norm over all
 * parameters. The update is libtorch's fused kernel, which reads every array once; it is reached through TorchScript,
 * since it has no binding of its own.
 */
public final class AdamW implements AutoCloseable {
    // The result must hang on the list that the kernel writes to: else TorchScript drops the call as dead code.
    private static final String SCRIPT =
            """
            def step(value: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, steps: Tensor,
                     rate: float, decay: float, scale: Tensor):
                values = [value]
                torch._fused_adamw_(values, [gradient], [mean], [square], [], [steps], lr=rate, beta1=0.9, beta2=0.999,
                                    weight_decay=decay, eps=1e-8, amsgrad=False, maximize=False, grad_scale=scale)
                return values[0]
            """;

    private final PointerScope scope = new PointerScope();
    private final Parameters parameters;
    private final double decay;
    private final double clip;
    private final CompilationUnit unit;

    /**
     * @param decay shrinks weights by {@code rate * decay} a step
     * @param clip the gradient's largest norm; 0 for no limit
     */
    public AdamW(Parameters parameters, double decay, double clip) {
        try (scope) {
            scope.extend();
            this.parameters = parameters;
            this.decay = decay;
            this.clip = clip;
            this.unit = torch.compile(SCRIPT);
        }
    }

    /**
     * One update from the gradients that have been added up, which are then zero again. Weights whose stage it is not
     * ({@link Parameters#learnAt}) keep their values and moments; once it is, the correction of their moments' bias counts
     * their own updates alone.
     *
     * @param steps how many updates there have been with this one, from 1
     * @param rate the schedule's learning rate
     * @return the gradient's norm before clipping; if it is not finite, nothing is updated
     */
    public double step(long steps, double rate) {
        try (PointerScope local = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            double squares = 0;
            for (Parameters.Group group : parameters.groups()) {
                if (!parameters.learns(group)) continue;
                double norm = group.gradient().norm().item_double();
                squares += norm * norm;
            }
            double norm = Math.sqrt(squares);
            if (Double.isFinite(norm)) {
                double shrink = clip > 0 && norm > clip ? norm / clip : 1;
                for (Parameters.Group group : parameters.groups()) {
                    if (parameters.learns(group)) update(group, steps - parameters.missed(group), rate, shrink);
                }
            }
            for (Parameters.Group group : parameters.groups()) {
                if (!parameters.learns(group)) parameters.miss(group);
            }
            parameters.zeroGradients();
            return norm;
        }
    }

    private void update(Parameters.Group group, long steps, double rate, double shrink) {
        IValueVector arguments = new IValueVector(
                new IValue(group.value()),
                new IValue(group.gradient()),
                new IValue(group.mean()),
                new IValue(group.square()),
                new IValue(scalar(steps)),
                new IValue(rate * group.kind().rate()),
                new IValue(group.kind().decay() ? decay : 0.0),
                new IValue(scalar(shrink)));
        unit.get_function(new QualifiedName("step")).apply(arguments);
    }

    private static Tensor scalar(double value) {
        return torch.full(new long[0], new Scalar(value), Tensors.FLOAT);
    }

    @Override
    public void close() {
        scope.close();
    }
}
