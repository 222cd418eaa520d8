package dev.polymath.sharing;

import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import java.util.List;

/** What bottleneck adapters are made of, wherever their weights come from. */
final class Adapters {
    /** Behind the sub-layers' last projections, where a layer adds what they give to its state. */
    static final String BEHIND_ATTENTION = "attention.output";

    static final String BEHIND_FEED_FORWARD = "ffn.out";

    private Adapters() {}

    static Knob width() {
        return Knob.whole("width", 24, 1, 65536, "width of the bottleneck");
    }

    static Knob activation() {
        return Knob.choice("activation", "gelu", List.of("relu", "gelu", "silu"), "nonlinearity in the bottleneck");
    }

    /** Applies one of the choices of {@link #activation()}. */
    static <T> T activated(Ops<T> ops, String activation, T x) {
        return switch (activation) {
            case "relu" -> ops.relu(x);
            case "gelu" -> ops.gelu(x);
            case "silu" -> ops.silu(x);
            default -> throw new IllegalArgumentException(activation);
        };
    }

    /** Each row's vector {@code [rows, n]} as {@code [rows, 1, n]}, to be added to all its tokens. */
    static <T> T toTokens(Ops<T> ops, T vectors) {
        return ops.reshape(vectors, 0, 1, -1);
    }
}
