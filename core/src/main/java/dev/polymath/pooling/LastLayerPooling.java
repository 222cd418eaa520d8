package dev.polymath.pooling;

import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import java.util.Locale;
import java.util.Map;

/** What is made of the last layer's states without any weight or knob. */
enum LastLayerPooling implements Pooling {
    /** The mean over the tokens that are not padding (N. Reimers and I. Gurevych, 2019, arXiv:1908.10084). */
    MEAN,
    /** The state of the first token, {@code [CLS]} (J. Devlin et al., 2019, arXiv:1810.04805). */
    CLS,
    /** The largest value of each dimension over the tokens that are not padding (N. Reimers and I. Gurevych, 2019). */
    MAX,
    /** The mean in which the i-th token counts i times (N. Muennighoff, SGPT, 2022, arXiv:2202.08904). */
    WEIGHTED;

    @Override
    public PartSpec part() {
        return new PartSpec(name().toLowerCase(Locale.ROOT), Map.of());
    }

    @Override
    public <T> T pool(Ops<T> ops, Hidden<T> hidden, String task) {
        T mask = Tokens.mask(ops, hidden);
        return switch (this) {
            case MEAN -> Tokens.mean(ops, hidden.last(), mask);
            case CLS -> ops.reshape(ops.slice(hidden.last(), 1, 0, 1), 0, -1);
            case MAX -> ops.max(ops.add(hidden.last(), Tokens.never(ops, mask)), 1, false);
            case WEIGHTED -> {
                T places = ops.affine(ops.toFloat(ops.positions(hidden.mask())), 1, 1);
                yield Tokens.mean(ops, hidden.last(), ops.multiply(mask, ops.reshape(places, -1, 1)));
            }
        };
    }
}
