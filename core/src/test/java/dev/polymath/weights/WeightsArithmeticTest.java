package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WeightsArithmeticTest {
    private final Weights reference = Safetensors.read(Fixture.file("arithmetic.safetensors"));
    private final Weights a = named(reference.get("a"));
    private final Weights b = named(reference.get("b"));
    private final Weights c = named(reference.get("c"));

    @Test
    void agreesWithTorchInDoublePrecision() {
        assertThat(a.plus(b)).isEqualTo(named(reference.get("plus")));
        assertThat(a.minus(b)).isEqualTo(named(reference.get("minus")));
        assertThat(a.scaled(0.3)).isEqualTo(named(reference.get("scaled")));
        assertThat(a.lerp(b, 0.25).get("w").floats())
                .containsExactly(reference.get("lerp").floats(), within(1e-7f));
        assertThat(Weights.average(List.of(a, b, c)).get("w").floats())
                .containsExactly(reference.get("average").floats(), within(1e-7f));
    }

    @Test
    void measuresAsTorchDoes() throws IOException {
        JsonNode numbers = Fixture.json("arithmetic.json");
        assertThat(a.dot(b)).isCloseTo(numbers.get("dot").asDouble(), within(1e-12));
        assertThat(a.norm()).isCloseTo(numbers.get("norm").asDouble(), within(1e-12));
        assertThat(a.cosine(b)).isCloseTo(numbers.get("cosine").asDouble(), within(1e-12));
    }

    @Test
    void measuresOverAllNamesTogether() {
        Weights weights = new Weights(Map.of("x", Array.of(new float[] {3}), "y", Array.of(new float[] {0, 4})));
        assertThat(weights.norm()).isEqualTo(5);
        assertThat(weights.cosine(weights)).isEqualTo(1);
        assertThat(weights.cosine(weights.scaled(-2))).isEqualTo(-1);
        assertThat(weights.cosine(weights.scaled(0))).isNaN();
    }

    @Test
    void sumsOfSmallNumbersAreNotLostInAFloat() {
        // In F32 a running sum stops growing at 2^24.
        float[] ones = new float[(1 << 24) + 100];
        Arrays.fill(ones, 1);
        Array array = Array.of(ones);
        assertThat(array.dot(array)).isEqualTo(ones.length);
    }

    @Test
    void worksOnArraysOfMoreThanOneBlockAndOfNone() {
        float[] values = new float[2 * Elements.BLOCK + 3];
        for (int i = 0; i < values.length; i++) values[i] = i;
        Array array = Array.of(values);
        assertThat(array.scaled(2).minus(array)).isEqualTo(array);
        assertThat(array.cast(DType.F16).cast(DType.F32).floats()[2048]).isEqualTo(2048);
        Array none = Array.zeros(0, 3);
        assertThat(none.plus(none)).isEqualTo(none);
        assertThat(none.norm()).isZero();
        assertThat(none.cast(DType.BF16).shape()).containsExactly(0, 3);
    }

    @Test
    void keepsInfinitiesNaNAndTheSignOfZero() {
        Array array = Array.of(new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, -0.0f});
        assertThat(array.scaled(1).floats()).containsExactly(array.floats());
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            assertThat(array.cast(type).floats()).containsExactly(array.floats());
        }
    }

    @Test
    void castsFloatsAndLeavesWholeNumbersAlone() {
        Array ids = Array.of(new long[] {0, 1, 2});
        Weights weights = new Weights(Map.of("w", Array.of(new float[] {1, 2}), "ids", ids));
        Weights half = weights.cast(DType.F16);
        assertThat(half.get("w").type()).isEqualTo(DType.F16);
        assertThat(half.get("ids")).isSameAs(ids);
        assertThat(weights.floating().names()).containsExactly("w");
        assertThat(ids.cast(DType.F32).floats()).containsExactly(0, 1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> half.get("w").cast(DType.I64))
                .withMessage("F16[2] cannot be cast to I64");
    }

    @Test
    void namesTheFirstDifference() {
        Map<String, Array> two = new LinkedHashMap<>();
        two.put("x", Array.zeros(2));
        two.put("y", Array.zeros(2, 3));
        Weights xy = new Weights(two);
        Weights x = xy.filter("x"::equals);
        Weights other = x.with(new Weights(Map.of("y", Array.zeros(3, 2))));
        assertThat(xy.difference(xy.cast(DType.F16))).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> xy.plus(x))
                .withMessage("the weights do not match: y is missing in the other");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> x.dot(xy))
                .withMessage("the weights do not match: y is missing in the one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Weights.average(List.of(xy, xy, other)))
                .withMessage("the weights do not match: y is [2, 3] in the one and [3, 2] in the other");
    }

    @Test
    void refusesWholeNumbersAndNothing() {
        Weights ids = new Weights(Map.of("ids", Array.of(new long[] {0, 1})));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ids.scaled(2))
                .withMessage("arithmetic takes arrays of floats; ids is I64[2]");
        assertThatIllegalArgumentException().isThrownBy(() -> ids.get("ids").norm());
        assertThatIllegalArgumentException().isThrownBy(() -> Weights.average(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Weights.combination(List.of(a, b), 1));
    }

    @Property(tries = 300)
    void whatIsTakenAwayCanBePutBack(@ForAll @Size(max = 20) List<@IntRange(min = -4096, max = 4096) Integer> values) {
        // Whole numbers of this size are exact, so the identities hold to the bit.
        Weights x = integers(values, 1);
        Weights y = integers(values, 37);
        assertThat(x.minus(y).plus(y)).isEqualTo(x);
        assertThat(x.lerp(y, 0)).isEqualTo(x.plus(y.scaled(0)));
        assertThat(x.lerp(y, 1)).isEqualTo(y.plus(x.scaled(0)));
        assertThat(Weights.average(List.of(x, x, x))).isEqualTo(x);
        assertThat(x.dot(y)).isEqualTo(y.dot(x));
    }

    @Property(tries = 300)
    void aPairOfWeightsObeysCauchyAndSchwarz(
            @ForAll @Size(10) List<@FloatRange(min = -1e18f, max = 1e18f) Float> left,
            @ForAll @Size(10) List<@FloatRange(min = -1e18f, max = 1e18f) Float> right) {
        Weights x = named(array(left));
        Weights y = named(array(right));
        assertThat(Math.abs(x.dot(y))).isLessThanOrEqualTo(x.norm() * y.norm() * (1 + 1e-12));
        assertThat(x.plus(y).norm()).isLessThanOrEqualTo((x.norm() + y.norm()) * (1 + 1e-6));
    }

    private static Weights integers(List<Integer> values, int factor) {
        return named(array(values.stream().map(value -> (float) value * factor).toList()));
    }

    private static Array array(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) floats[i] = values.get(i);
        return Array.of(floats);
    }

    private static Weights named(Array array) {
        return new Weights(Map.of("w", array));
    }
}
