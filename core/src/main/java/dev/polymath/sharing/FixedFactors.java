package dev.polymath.sharing;

import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The factors with which a low-rank update began, which stay and are subtracted from it: at each site of {@link Lora}, beside
 * the learned {@code SITE.down [in, rank]} and {@code SITE.up [rank, out]}, {@code SITE.from.down} and {@code SITE.from.up}. Both
 * together are one update of twice the rank,
 *
 * <pre>
 *   x down up - x from.down from.up = x [down, from.down] [up; -from.up]
 * </pre>
 *
 * which is how they are stored for peft, as the authors of CorDA do.
 */
final class FixedFactors {
    private static final String DOWN = ".down";
    private static final String FROM = ".from";

    private FixedFactors() {}

    static String down(String site) {
        return Lora.down(site + FROM);
    }

    static String up(String site) {
        return Lora.up(site + FROM);
    }

    /** Whether a weight of {@link Lora} is a fixed one. */
    static boolean has(String weight) {
        return weight.contains(FROM + ".");
    }

    /**
     * A site's four factors as learning begins.
     *
     * @param component what {@code scale} times the product of the factors is to be
     */
    static Map<String, Array> beginning(String site, Factors component, double scale) {
        Array down = scaled(component.down(), 1 / Math.sqrt(scale));
        Array up = scaled(component.up(), 1 / Math.sqrt(scale));
        Map<String, Array> own = new LinkedHashMap<>();
        own.put(Lora.down(site), down);
        own.put(Lora.up(site), up);
        own.put(down(site), down);
        own.put(up(site), up);
        return own;
    }

    private static Array scaled(Array array, double factor) {
        float[] values = array.floats();
        for (int i = 0; i < values.length; i++) values[i] = (float) (factor * values[i]);
        return Array.of(values, array.shape());
    }

    /** A task's own weights with one pair of factors of twice the rank at each site. */
    static Weights joined(Weights own) {
        Map<String, Array> joined = new LinkedHashMap<>();
        for (String name : own.names()) {
            if (has(name) || !name.endsWith(DOWN)) continue;
            String site = name.substring(0, name.length() - DOWN.length());
            Array fixed = scaled(own.get(up(site)), -1);
            // [rank, in] each, so that one follows the other.
            Array down = PeftLora.transposed(own.get(name));
            Array from = PeftLora.transposed(own.get(down(site)));
            joined.put(name, PeftLora.transposed(behind(down, from)));
            joined.put(Lora.up(site), behind(own.get(Lora.up(site)), fixed));
        }
        return new Weights(joined);
    }

    /** What {@link #joined} was made of. */
    static Weights parted(Weights joined) {
        Map<String, Array> own = new LinkedHashMap<>();
        for (String name : joined.names()) {
            if (!name.endsWith(DOWN)) continue;
            String site = name.substring(0, name.length() - DOWN.length());
            Array downs = PeftLora.transposed(joined.get(name));
            Array ups = joined.get(Lora.up(site));
            int rank = (int) ups.shape()[0] / 2;
            own.put(name, PeftLora.transposed(downs.rows(0, rank)));
            own.put(Lora.up(site), ups.rows(0, rank));
            own.put(down(site), PeftLora.transposed(downs.rows(rank, rank)));
            own.put(up(site), scaled(ups.rows(rank, rank), -1));
        }
        return new Weights(own);
    }

    /** {@code [a's rows + b's rows, columns]}. */
    private static Array behind(Array a, Array b) {
        float[] first = a.floats();
        float[] second = b.floats();
        float[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return Array.of(both, a.shape()[0] + b.shape()[0], a.shape()[1]);
    }
}
