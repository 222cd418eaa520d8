package dev.polymath.model;

import dev.polymath.InputException;
import dev.polymath.ops.Ops;
import java.util.Map;
import java.util.TreeSet;

/** The nonlinearity inside a feed-forward block, under the names that {@code config.json} has for it. */
enum Activation {
    GELU {
        @Override
        <T> T apply(Ops<T> ops, T x) {
            return ops.gelu(x);
        }
    },
    /** {@code x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}; Hendrycks and Gimpel 2016, arXiv:1606.08415. */
    GELU_TANH {
        @Override
        <T> T apply(Ops<T> ops, T x) {
            // sqrt(2/pi) (x + 0.044715 x^3) = x (a x^2 + b)
            double b = Math.sqrt(2 / Math.PI);
            T inner = ops.multiply(x, ops.affine(ops.multiply(x, x), 0.044715 * b, b));
            return ops.multiply(x, ops.affine(ops.tanh(inner), 0.5, 0.5));
        }
    },
    RELU {
        @Override
        <T> T apply(Ops<T> ops, T x) {
            return ops.relu(x);
        }
    },
    SILU {
        @Override
        <T> T apply(Ops<T> ops, T x) {
            return ops.silu(x);
        }
    },
    TANH {
        @Override
        <T> T apply(Ops<T> ops, T x) {
            return ops.tanh(x);
        }
    };

    private static final Map<String, Activation> NAMES = Map.of(
            "gelu", GELU,
            "gelu_python", GELU,
            "gelu_new", GELU_TANH,
            "gelu_pytorch_tanh", GELU_TANH,
            "relu", RELU,
            "silu", SILU,
            "swish", SILU,
            "tanh", TANH);

    abstract <T> T apply(Ops<T> ops, T x);

    /** @throws InputException if there is none of that name */
    static Activation named(String name) {
        Activation found = NAMES.get(name);
        if (found != null) return found;
        throw new InputException("config.json asks for the activation '" + name + "'; there are "
                + String.join(", ", new TreeSet<>(NAMES.keySet())));
    }
}
