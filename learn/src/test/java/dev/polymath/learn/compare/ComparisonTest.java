package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.learn.TrainingListener;
import dev.polymath.project.Assignment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    private static final String RATES = "train.learning_rate=2e-3,1e-4";

    @TempDir
    private Path folder;

    private GivenProject project;
    private Path out;
    private Path store;

    @BeforeAll
    static void oneThread() {
        torch.set_num_threads(1);
    }

    @BeforeEach
    void given() {
        project = new GivenProject(folder);
        out = folder.resolve("out");
        store = folder.resolve("runs");
    }

    @Test
    void variantsRunSeedBySeed() {
        assertThat(comparison(2).runs())
                .extracting(run -> run.name() + " " + run.seed())
                .containsExactly(
                        "train.learning_rate=2e-3 7",
                        "train.learning_rate=1e-4 7",
                        "train.learning_rate=2e-3 8",
                        "train.learning_rate=1e-4 8");
    }

    @Test
    void tasksAloneRunAsTheFirstVariantWhereTheProjectAsks() {
        List<Run> runs = comparison(1, new Assignment("single", "true")).runs();
        assertThat(runs)
                .extracting(Run::name)
                .containsExactly("train.learning_rate=2e-3", "train.learning_rate=1e-4", "kind alone", "number alone");
        assertThat(runs.get(3).variant()).isEqualTo(runs.get(0).variant());
        Comparison.Outcome outcome = run(comparison(1, new Assignment("single", "true")));
        assertThat(outcome.runs().get(2).result().tasks().keySet()).containsExactly("kind");
        Summary summary = ComparisonReport.summary(outcome, Map.of("date", "today"));
        assertThat(summary.alone().keySet()).containsExactly("kind", "number");
        assertThat(summary.metrics()).containsEntry("kind", "accuracy").containsEntry("number", "spearman");
        assertThat(summary.variants().get(0).curves().get("kind")).hasSize(2);
        assertThat(summary.variants().get(0).cost().trained()).isGreaterThan(1000);
    }

    @Test
    void runsThatWereMadeAreNotMadeAgain() {
        Comparison.Outcome first = run(comparison(1));
        assertThat(first.runs()).noneMatch(Comparison.Done::reused);
        Comparison.Outcome more = run(comparison(2));
        assertThat(more.runs()).extracting(Comparison.Done::reused).containsExactly(true, true, false, false);
        assertThat(more.runs().get(1).result()).isEqualTo(first.runs().get(1).result());
        assertThat(left()).isEmpty();
    }

    @Test
    void anotherKnobOrRowIsAnotherRun() {
        run(comparison(1));
        assertThat(run(comparison(1, new Assignment("train.warmup", "0.2"))).runs())
                .noneMatch(Comparison.Done::reused);
        assertThat(run(comparison(1)).runs()).allMatch(Comparison.Done::reused);
        project.replace("kind.test.csv", ",other", ",travel");
        assertThat(run(comparison(1)).runs()).noneMatch(Comparison.Done::reused);
        project.replace("number.train.csv", "water", "refund");
        assertThat(run(comparison(1)).runs()).noneMatch(Comparison.Done::reused);
    }

    @Test
    void variantsAreTestedAgainstTheFirstOnTheSameRows() {
        Comparison.Outcome outcome = run(comparison("train.clip=1,1.0,1e-9", 2));
        Summary summary = ComparisonReport.summary(outcome, Map.of());
        assertThat(summary.variants().get(0).against()).isEmpty();
        assertThat(summary.variants().get(0).meanAgainst()).isNull();
        Summary.Row same = summary.variants().get(1);
        assertThat(same.against().get("number")).isEqualTo(new Difference(0, 0, 0, 1, 1));
        assertThat(same.meanAgainst().p()).isEqualTo(1);
        Summary.Row other = summary.variants().get(2);
        double first = summary.variants().get(0).tasks().get("number").mean();
        assertThat(other.against().get("number").mean())
                .isCloseTo(other.tasks().get("number").mean() - first, within(1e-12));
        assertThat(other.against().get("number").low())
                .isLessThan(other.against().get("number").high());
        assertThat(other.mean().values()).isEqualTo(2);
    }

    @Test
    void aKillBetweenRunsLosesNone() {
        assertThatThrownBy(() -> run(comparison(2), listener(2, AssertionError::new), () -> false))
                .isInstanceOf(AssertionError.class);
        assertThat(run(comparison(2)).runs())
                .extracting(Comparison.Done::reused)
                .containsExactly(true, false, false, false);
    }

    @Test
    void aRunThatWasStoppedGoesOnToTheSameResult() {
        Comparison.Outcome unbroken = comparison(1)
                .run(
                        new RunStore(folder.resolve("others")),
                        folder.resolve("else"),
                        ComparisonListener.NONE,
                        () -> false);
        int[] asked = {0};
        assertThatThrownBy(() -> run(comparison(1), ComparisonListener.NONE, () -> ++asked[0] > 11))
                .isInstanceOf(ComparisonStopped.class)
                .hasMessage("stopped in run 1 of 2");
        assertThat(left()).hasSize(2);
        List<Long> begins = new ArrayList<>();
        Comparison.Outcome resumed = run(
                comparison(1),
                new ComparisonListener() {
                    @Override
                    public TrainingListener training(int number, Run run) {
                        return new TrainingListener() {
                            @Override
                            public void begin(long step, long steps) {
                                begins.add(step);
                            }
                        };
                    }
                },
                () -> false);
        assertThat(begins).containsExactly(11L, 0L);
        for (int i = 0; i < 2; i++) {
            RunResult result = resumed.runs().get(i).result();
            assertThat(result.tasks()).isEqualTo(unbroken.runs().get(i).result().tasks());
            assertThat(result.dev()).isEqualTo(unbroken.runs().get(i).result().dev());
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void aRunThatFailsLosesNoOtherAndIsNotKept() {
        for (Throwable failure : List.of(new InputException("it diverged"), new OutOfMemoryError("full"))) {
            Comparison.Outcome outcome = run(comparison(1), listener(1, () -> failure), () -> false);
            assertThat(outcome.runs().get(0).result()).isNull();
            assertThat(outcome.runs().get(0).failure()).contains(failure.getMessage());
            assertThat(outcome.runs().get(1).result()).isNotNull();
            Summary summary = ComparisonReport.summary(outcome, Map.of());
            assertThat(summary.variants().get(0).failures())
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("seed 7: ");
            assertThat(summary.variants().get(0).tasks()).isEmpty();
            assertThat(summary.variants().get(1).tasks()).containsOnlyKeys("kind", "number");
        }
        assertThat(run(comparison(1)).runs())
                .extracting(Comparison.Done::reused)
                .containsExactly(false, true);
    }

    @Test
    void everyVariantIsCheckedBeforeOneIsTrained() {
        assertThatThrownBy(() -> comparison("balance=equal,equall", 1))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "variant 'balance=equall': balance: there is no 'equall'; did you mean 'equal'?");
        assertThatThrownBy(() -> comparison("train.epochs=1,0,-1", 1))
                .hasMessageContaining("variant 'train.epochs=0': 'epochs' in train must be a number above 0")
                .hasMessageContaining("variant 'train.epochs=-1': ");
        project.replace("project.yaml", ", test: number.test.csv", "");
        assertThatThrownBy(() -> comparison(1))
                .hasMessage(
                        project.file() + ":5: task 'number' has no test rows, which variants are compared on; give it"
                                + " a test file, or leave it out with --tasks");
    }

    @Test
    void dataInAFolderThatIsNotThereAreOneProblem() {
        for (String task : List.of("kind", "number")) {
            for (String split : List.of("train", "dev", "test")) {
                project.replace("project.yaml", split + ": " + task, split + ": nowhere/suite/" + task);
            }
        }
        assertThatThrownBy(() -> comparison(1))
                .hasMessage(project.file() + ": there is no " + folder.resolve("nowhere")
                        + ", where the data of its tasks are to be");
    }

    @Test
    void testRowsAreCutAlikeForAllVariantsAndSeeds() {
        Comparison.Outcome outcome = run(comparison(RATES, 2, 3));
        Set<String> digests = outcome.runs().stream()
                .map(done -> done.result().tasks().get("kind").rows())
                .collect(Collectors.toSet());
        assertThat(digests).hasSize(1);
        assertThat(outcome.tasks().get("kind").test()).hasSize(3);
        assertThat(run(comparison(RATES, 1)).runs()).noneMatch(Comparison.Done::reused);
        assertThat(run(comparison(RATES, 1, 3)).runs()).allMatch(Comparison.Done::reused);
    }

    private Comparison comparison(int seeds, Assignment... set) {
        return comparison(RATES, seeds, set);
    }

    private Comparison comparison(String vary, int seeds, Assignment... set) {
        return comparison(vary, seeds, Integer.MAX_VALUE, set);
    }

    private Comparison comparison(String vary, int seeds, int testRows, Assignment... set) {
        return new Comparison(new Comparison.Request(
                null,
                project.file(),
                List.of(set),
                Grid.of(List.of(Variation.parse(vary))),
                seeds,
                List.of(),
                testRows));
    }

    private Comparison.Outcome run(Comparison comparison) {
        return run(comparison, ComparisonListener.NONE, () -> false);
    }

    private Comparison.Outcome run(Comparison comparison, ComparisonListener listener, BooleanSupplier stop) {
        return comparison.run(new RunStore(store), out, listener, stop);
    }

    /** Fails in the fifth step of a run. */
    private static ComparisonListener listener(int failing, Supplier<Throwable> failure) {
        return new ComparisonListener() {
            @Override
            public TrainingListener training(int number, Run run) {
                if (number != failing) return TrainingListener.NONE;
                return new TrainingListener() {
                    @Override
                    public void step(long step, double loss, long tokens, double seconds) {
                        if (step < 5) return;
                        Throwable thrown = failure.get();
                        if (thrown instanceof Error error) throw error;
                        throw (RuntimeException) thrown;
                    }
                };
            }
        };
    }

    /** What runs in progress have left. */
    private List<Path> left() {
        try (Stream<Path> files = Files.list(out)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
