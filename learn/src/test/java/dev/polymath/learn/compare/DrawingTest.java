package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DrawingTest {
    private static final double NAN = Double.NaN;

    @Test
    void ticksAreRoundAndWithin() {
        assertThat(new Axis(83.2, 87.9, 0, 1).ticks(5)).containsExactly(84.0, 85.0, 86.0, 87.0);
        assertThat(new Axis(-0.12, 0.31, 0, 1).ticks(5)).hasSize(5).satisfies(ticks -> {
            assertThat(ticks.get(0)).isCloseTo(-0.1, within(1e-12));
            assertThat(ticks.get(4)).isCloseTo(0.3, within(1e-12));
        });
        assertThat(new Axis(0, 100, 0, 1).ticks(5)).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    }

    @Test
    void labelsHaveTheDecimalsThatTheirStepNeeds() {
        assertThat(new Axis(83.2, 87.9, 0, 1).label(84, 5)).isEqualTo("84");
        assertThat(new Axis(0, 1, 0, 1).label(0.4, 5)).isEqualTo("0.4");
        assertThat(new Axis(-1, 1, 0, 1).label(-0.5, 5)).isEqualTo("−0.5");
        assertThat(new Axis(-1, 1, 0, 1).label(-0.0, 5)).isEqualTo("0.0");
    }

    @Test
    void anAxisGoesUpOrDownAndKeepsWhatIsBeyondAtItsEnds() {
        Axis up = new Axis(0, 10, 100, 20);
        assertThat(up.at(5)).isEqualTo(60);
        assertThat(up.at(20)).isEqualTo(20);
        assertThat(up.at(-1)).isEqualTo(100);
    }

    @Test
    void anAxisAroundOneValueOrNoneHasAWidth() {
        assertThat(Axis.around(List.of(80.0, NAN), 2, 0, 1)).isEqualTo(new Axis(79, 81, 0, 1));
        assertThat(Axis.around(List.of(NAN), 2, 0, 1)).isEqualTo(new Axis(0, 1, 0, 1));
    }

    @Test
    void aValueThatIsNotThereInterruptsTheCurve() {
        List<Summary.Point> points = LineChart.byEpoch(List.of(0.1, 0.2, NAN, 0.4, 0.5));
        String drawn = new LineChart("t", "epoch", true, 2, List.of(new LineChart.Curve(0, "v", points)))
                .draw()
                .toString();
        String path = drawn.replaceAll("(?s).*<path[^>]* d=\"([^\"]*)\".*", "$1");
        assertThat(path.replaceAll("[^ML]", "")).isEqualTo("MLML");
        assertThat(drawn.split("<circle", -1)).hasSize(5);
    }

    @Test
    void anIntervalFarBeyondTheMeansDoesNotPressThemTogether() {
        Interval wide = new Interval(0.80, -5, 6.6, 2);
        Interval narrow = new Interval(0.82, 0.81, 0.83, 2);
        String drawn = new DotChart("t", "accuracy", List.of("a", "b"), List.of(wide, narrow), 0.80, NAN)
                .draw()
                .toString();
        // Unclipped, 1160 points would share 228 pixels and the two dots, 2 points apart, half of one.
        double first = Double.parseDouble(drawn.replaceAll("(?s).*<circle[^>]* cx=\"([^\"]*)\".*", "$1"));
        double second = Double.parseDouble(drawn.replaceAll("(?s).*<polygon[^>]* points=\"([0-9.]+),.*", "$1"));
        assertThat(second - first).isGreaterThan(6);
    }

    @Test
    void figuresReadAsAPersonWouldWriteThem() {
        assertThat(Figures.interval(new Interval(0.8431, 0.8311, 0.8551, 3))).isEqualTo("84.3 ± 1.2");
        assertThat(Figures.interval(new Interval(0.8431, NAN, NAN, 1))).isEqualTo("84.3");
        assertThat(Figures.signed(0.0042)).isEqualTo("+0.4");
        assertThat(Figures.signed(-0.0042)).isEqualTo("−0.4");
        assertThat(Figures.signed(-0.0001)).isEqualTo("0.0");
        assertThat(Figures.signed(NAN)).isEqualTo("–");
        assertThat(Figures.range(new Difference(0.01, -0.002, 0.022, 0.1, 0.1))).isEqualTo("[−0.2, +2.2]");
        assertThat(Figures.range(new Difference(0.01, NAN, NAN, NAN, NAN))).isEmpty();
        assertThat(Figures.p(0.0004)).isEqualTo("<0.001");
        assertThat(Figures.p(0.0123)).isEqualTo("0.012");
        assertThat(Figures.p(0.5)).isEqualTo("0.50");
        assertThat(Figures.count(22_713_216)).isEqualTo("22.7 M");
        assertThat(Figures.count(1540)).isEqualTo("1540");
        assertThat(Figures.rate(8412.4)).isEqualTo("8,412");
        assertThat(Figures.time(12.34)).isEqualTo("12.3 s");
        assertThat(Figures.time(59.97)).isEqualTo("1 min 00 s");
        assertThat(Figures.time(192)).isEqualTo("3 min 12 s");
        assertThat(Figures.time(3899)).isEqualTo("1 h 05 min");
        assertThat(Figures.memory(512)).isEqualTo("512 MiB");
        assertThat(Figures.memory(1945.6)).isEqualTo("1.9 GiB");
        assertThat(Figures.memory(NAN)).isEqualTo("–");
    }
}
