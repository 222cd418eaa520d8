package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.learn.Trainer;
import dev.polymath.learn.TrainingStopped;
import dev.polymath.project.Dataset;
import dev.polymath.project.Project;
import dev.polymath.project.ProjectReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Training speed in real tokens a second (padding not counted), in turns with a peer in one run: {@code
 * tools/peer_train.py}, transformers and PyTorch in bf16 autocast, each task by itself in batches of 32 rows.
 */
@Command(name = "speed", description = "Training speed beside transformers with PyTorch, in turns.")
final class SpeedBench implements Callable<Integer> {
    /** Steps before the clock starts. */
    private static final int WARM_UP = 5;

    @Parameters(index = "0", paramLabel = "PROJECT", description = "The acceptance suite's project file.")
    private Path project;

    @Option(names = "--python", required = true, description = "A Python with torch and transformers.")
    private Path python;

    @Option(names = "--peer", defaultValue = "tools/peer_train.py")
    private Path peer;

    @Option(
            names = "--backbone",
            required = true,
            description = "minilm in Hugging Face layout (tools/minilm_to_hf.py).")
    private Path backbone;

    @Option(names = "--rounds", defaultValue = "3")
    private int rounds;

    @Option(names = "--steps", defaultValue = "60", description = "Our steps a round.")
    private int steps;

    @Option(names = "--peer-steps", defaultValue = "10", description = "The peer's steps a task and round.")
    private int peerSteps;

    @Option(names = "--attention", defaultValue = "sdpa", description = "The peer's attention: sdpa or eager.")
    private String attention;

    @Override
    public Integer call() throws Exception {
        Project read = ProjectReader.read(project, List.of());
        Dataset dataset = Dataset.load(read);
        System.out.println("| round | polymath tokens/s | transformers tokens/s | ratio |");
        System.out.println("|---|---|---|---|");
        double sum = 0;
        for (int round = 1; round <= rounds; round++) {
            double ours = ours(read, dataset);
            double theirs = theirs();
            sum += ours / theirs;
            System.out.printf(Locale.ROOT, "| %d | %.0f | %.0f | %.2f |%n", round, ours, theirs, ours / theirs);
        }
        System.out.printf(Locale.ROOT, "| mean | | | %.2f |%n", sum / rounds);
        return 0;
    }

    private double ours(Project read, Dataset dataset) {
        Clock clock = new Clock(WARM_UP);
        try {
            Trainer.of(read, dataset).train(null, false, clock, () -> clock.step() >= steps + WARM_UP);
            throw new IllegalStateException("the suite has fewer than " + steps + " steps");
        } catch (TrainingStopped enough) {
            return clock.rate();
        }
    }

    private double theirs() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        python.toString(),
                        peer.toString(),
                        "--suite",
                        project.toAbsolutePath().getParent().toString(),
                        "--backbone",
                        backbone.toString(),
                        "--steps",
                        Integer.toString(peerSteps),
                        "--attention",
                        attention)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IllegalStateException("the peer failed: " + out);
        JsonNode json = new ObjectMapper().readTree(out.substring(out.lastIndexOf('\n') + 1));
        return json.get("tokens_per_second").asDouble();
    }
}
