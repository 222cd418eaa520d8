package dev.polymath.pooling;

import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import java.util.Map;

/**
 * The mean over the tokens that are not padding of {@code (x_1 + x_n) / 2}, for the states {@code x_l [rows, tokens, width]}
 * behind layer {@code l} of {@code n}.
 *
 * <p>Source: J. Huang et al., WhiteningBERT, 2021, arXiv:2104.01767, where it is called L1+L12.
 */
record FirstLast() implements Pooling {
    static final String NAME = "first-last";

    @Override
    public PartSpec part() {
        return new PartSpec(NAME, Map.of());
    }

    @Override
    public Reading reading(int layers) {
        return States.FIRST_LAST.reading(layers);
    }

    @Override
    public <T> T pool(Ops<T> ops, Hidden<T> hidden, String task) {
        return Tokens.mean(ops, States.FIRST_LAST.of(ops, hidden), Tokens.mask(ops, hidden));
    }
}
