package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.learn.ProjectTraining;
import dev.polymath.learn.TrainingListener;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
    /** Enough that a signal sent at the first checkpoint comes before the end. */
    private static final String EPOCHS = "epochs: 40";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    static Path folder;

    private static Shop shop;
    private static Path unbroken;

    @BeforeAll
    static void trainWithoutABreak() {
        shop = new Shop(folder);
        shop.replace("shop.yaml", "epochs: 2", EPOCHS);
        unbroken = folder.resolve("unbroken");
        Ran.polymath("train", shop.project(), "--out", unbroken).done();
    }

    @Test
    void aRunThatWasStoppedGoesOnToTheSameWeights() throws IOException {
        Path model = folder.resolve("stopped");
        Project project = ProjectReader.read(shop.project(), List.of());
        ProjectTraining training = new ProjectTraining(project, Dataset.load(project), model);
        AtomicInteger steps = new AtomicInteger();
        assertThatThrownBy(() -> training.run(false, TrainingListener.NONE, () -> steps.incrementAndGet() >= 7))
                .isInstanceOf(TrainingStopped.class);
        assertThat(model).doesNotExist();

        Ran.polymath("train", shop.project(), "--out", model).refused("checkpoint", "--resume", "delete it");
        Ran.polymath("train", shop.project(), "--out", model, "--resume", "--set", "train.seed=8")
                .refused("other settings");
        Ran resumed = Ran.polymath("train", shop.project(), "--out", model, "--resume")
                .done();
        assertThat(resumed.err()).containsPattern("resuming at step \\d+ of ");
        assertThatItIsTheUnbrokenOne(model);
        assertThat(training.checkpoint()).doesNotExist();
    }

    @Test
    void aRunThatCtrlCStoppedGoesOnToTheSameWeights() throws Exception {
        Path model = folder.resolve("interrupted");
        // A process started in the background of a shell hears no SIGINT; a polite kill is handled alike.
        boolean deaf = hearsNoInterrupt();
        assertThat(endedBy(deaf ? "-TERM" : "-INT", model)).isEqualTo(deaf ? 143 : Main.INTERRUPTED);
        assertThat(model).doesNotExist();
        assertThat(Files.readString(folder.resolve("interrupted.err")))
                .containsPattern("stopped at step \\d+; go on with the same command and --resume")
                .doesNotContain("\tat ");
        Ran.polymath("train", shop.project(), "--out", model, "--resume").done();
        assertThatItIsTheUnbrokenOne(model);
    }

    @Test
    void aRunThatWasKilledGoesOnToTheSameWeights() throws Exception {
        Path model = folder.resolve("killed");
        assertThat(endedBy("-KILL", model)).isEqualTo(137);
        assertThat(model).doesNotExist();
        Ran.polymath("train", shop.project(), "--out", model, "--resume").done();
        assertThatItIsTheUnbrokenOne(model);
        assertThat(folder.resolve("killed.checkpoint")).doesNotExist();
    }

    @Test
    void withoutACheckpointThereIsNothingToResume() {
        Ran.polymath("train", shop.project(), "--out", folder.resolve("none"), "--resume")
                .refused("there is no checkpoint to resume from", "none.checkpoint");
    }

    private static void assertThatItIsTheUnbrokenOne(Path model) {
        for (String file : List.of("model.safetensors", "heads.safetensors")) {
            assertThat(model.resolve(file)).hasSameBinaryContentAs(unbroken.resolve(file));
        }
    }

    /** Trains in a process of its own, sends it a signal after its first checkpoint, and gives its exit code. */
    private static int endedBy(String signal, Path model) throws Exception {
        Path err = model.resolveSibling(model.getFileName() + ".err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "train",
                        shop.project().toString(),
                        "--out",
                        model.toString())
                .redirectError(err.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Path checkpoint = model.resolveSibling(model.getFileName() + ".checkpoint/checkpoint.json");
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!Files.exists(checkpoint) && process.isAlive() && System.nanoTime() < end) Thread.sleep(2);
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean hearsNoInterrupt() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return false;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("SigIgn:"))
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0;
        }
        return false;
    }
}
