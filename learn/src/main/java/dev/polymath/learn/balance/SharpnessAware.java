package dev.polymath.learn.balance;

import dev.polymath.InputException;
import java.util.Map;

/**
 * Sharpness-aware steps a task, under any balancer: each task's gradient is taken not at the shared weights {@code w}
 * but at the worst point near them for that task, {@code w + radius g_t / |g_t|}, so that steps lead to where every
 * task's loss is flat. A second forward and backward pass a row. Phan et al. 2022, Improving Multi-task Learning via
 * Seeking Task-based Flat Regions, arXiv:2211.13723; after Foret et al. 2021, Sharpness-Aware Minimization.
 *
 * @param inner what balances the gradients taken there
 * @param radius length of the step to the worst point, above 0
 */
public record SharpnessAware(Balancer inner, double radius) implements Balancer {
    public SharpnessAware {
        if (!(radius > 0)) throw new IllegalArgumentException("a radius of " + radius);
        if (inner instanceof SharpnessAware) throw new IllegalArgumentException("sharpness-aware twice over");
    }

    /** Its entry in the catalogue. */
    record Of(Kind inner, double radius) implements Kind {
        public Of {
            if (inner instanceof Of) {
                throw new InputException(
                        "balance sam: with is sam; sharpness-aware steps cannot stand within each other,"
                                + " so name another balancer, such as equal");
            }
        }

        @Override
        public Balancer create(Setting setting) {
            return new SharpnessAware(inner.create(setting), radius);
        }

        @Override
        public void check(Map<String, String> types) {
            inner.check(types);
        }
    }

    @Override
    public double[] state() {
        return inner.state();
    }

    @Override
    public void restore(double[] state) {
        inner.restore(state);
    }
}
