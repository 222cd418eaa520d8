package dev.polymath.learn.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.learn.balance.Batches.Batch;
import dev.polymath.project.PartSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of every balancer in the catalogue. */
class EveryBalancerTest {
    private static final int TASKS = 5;

    @Provide
    Arbitrary<PartSpec> balancers() {
        return Arbitraries.of(specs());
    }

    @Provide
    Arbitrary<PartSpec> gradientBalancers() {
        return Arbitraries.of(specs().stream()
                .filter(spec -> create(spec) instanceof GradientBalancer)
                .toList());
    }

    private static List<PartSpec> specs() {
        List<PartSpec> specs = new ArrayList<>();
        for (var part : Balancers.CATALOGUE.parts()) specs.add(new PartSpec(part.name(), Map.of()));
        specs.add(new PartSpec("fixed", Map.of("weights", Map.of("task1", 3, "task2", 0))));
        specs.add(new PartSpec("dwa", Map.of("period", 2)));
        specs.add(new PartSpec("mgda", Map.of("normalize", "norm")));
        specs.add(new PartSpec("mgda", Map.of("normalize", "loss")));
        specs.add(new PartSpec("cagrad", Map.of("c", 1)));
        specs.add(new PartSpec("cagrad", Map.of("c", 0)));
        specs.add(new PartSpec("aligned", Map.of("scale", "median")));
        specs.add(new PartSpec("aligned", Map.of("scale", "rmse")));
        specs.add(new PartSpec("sam", Map.of("with", "gradnorm")));
        specs.add(new PartSpec("sam", Map.of("with", "famo")));
        return specs;
    }

    @Property(tries = 400)
    void factorsAreFiniteWhateverTheBatchAndNeverNegativeWhereTheyComeFromLosses(
            @ForAll("balancers") PartSpec spec, @ForAll long seed) {
        Random random = new Random(seed);
        Balancer balancer = create(spec);
        for (int i = 0; i < 20; i++) {
            Batch batch = Batches.random(random, TASKS);
            double[] factors = Batches.factors(balancer, Batches.step(i), batch);
            assertThat(factors).hasSize(batch.losses().size());
            for (double factor : factors) assertThat(factor).isFinite();
            if (inner(balancer) instanceof LossBalancer) {
                for (double factor : factors) assertThat(factor).isNotNegative();
            }
        }
    }

    @Property(tries = 200)
    void aRestoredOneGoesOnAsIfItHadNeverStopped(@ForAll("balancers") PartSpec spec, @ForAll long seed) {
        Random random = new Random(seed);
        Balancer unbroken = create(spec);
        int length = unbroken.state().length;
        for (int i = 0; i < 17; i++) Batches.factors(unbroken, Batches.step(i), Batches.random(random, TASKS));
        double[] state = unbroken.state();
        assertThat(state).hasSize(length);
        for (double number : state) assertThat(number).isFinite();
        Balancer resumed = create(spec);
        resumed.restore(state);
        for (int i = 17; i < 30; i++) {
            Batch batch = Batches.random(random, TASKS);
            assertThat(Batches.factors(resumed, Batches.step(i), batch))
                    .containsExactly(Batches.factors(unbroken, Batches.step(i), batch));
        }
        assertThat(resumed.state()).containsExactly(unbroken.state());
    }

    @Property(tries = 100)
    void lossesThatAreNotFiniteDoNoLastingHarm(@ForAll("balancers") PartSpec spec, @ForAll long seed) {
        Random random = new Random(seed);
        Balancer balancer = create(spec);
        for (int i = 0; i < 12; i++) {
            Batch batch = Batches.random(random, TASKS);
            double wrong = i % 2 == 0 ? Double.NaN : Double.POSITIVE_INFINITY;
            List<Balancer.TaskLoss> losses = i % 3 > 0
                    ? batch.losses()
                    : batch.losses().stream()
                            .map(loss -> new Balancer.TaskLoss(loss.task(), loss.share(), wrong))
                            .toList();
            double[] factors = Batches.factors(balancer, Batches.step(i), new Batch(losses, batch.gradients()));
            for (double factor : factors) assertThat(factor).isFinite();
        }
    }

    @Property(tries = 200)
    void gradientsThatAreAlikeGiveTheirMean(@ForAll("gradientBalancers") PartSpec spec, @ForAll long seed) {
        Random random = new Random(seed);
        double[] one =
                IntStream.range(0, 6).mapToDouble(i -> random.nextGaussian()).toArray();
        double[][] gradients = new double[2 + random.nextInt(TASKS - 1)][];
        Arrays.fill(gradients, one);
        double[] factors = Batches.factors(create(spec), gradients);
        assertThat(Arrays.stream(factors).sum() / factors.length).isBetween(0.999, 1.001);
    }

    @Property(tries = 200)
    void gradientsOfOneLengthAtRightAnglesGiveTheirMean(@ForAll("gradientBalancers") PartSpec spec, @ForAll long seed) {
        Random random = new Random(seed);
        double[][] gradients = new double[2 + random.nextInt(TASKS - 1)][6];
        double length = Math.exp(5 * random.nextGaussian());
        for (int i = 0; i < gradients.length; i++) gradients[i][i] = length;
        for (double factor : Batches.factors(create(spec), gradients))
            assertThat(factor).isBetween(0.999, 1.001);
    }

    private static Balancer create(PartSpec spec) {
        return Balancers.of(spec)
                .create(new Balancer.Setting(List.of("task0", "task1", "task2", "task3", "task4"), Batches::probe));
    }

    private static Balancer inner(Balancer balancer) {
        return balancer instanceof SharpnessAware sharp ? sharp.inner() : balancer;
    }
}
