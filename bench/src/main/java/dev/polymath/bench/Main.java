package dev.polymath.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The measurements as commands; {@code bench/run} starts it. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {
            QualityBench.class,
            QualityTable.class,
            SpeedBench.class,
            MemoryBench.class,
            CostBench.class,
            MixedBench.class,
            PrecisionBench.class,
            AddBench.class,
            StreamBench.class,
            EmbedBench.class,
            RetrievalBench.class,
            TasksBench.class,
            SharingBench.class,
            HttpBench.class,
            TailBench.class,
            EngineBench.class,
            RequestsBench.class,
            SearchBench.class,
            IndexBench.class,
            KillBench.class,
            MatryoshkaBench.class,
            RecipeResults.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs a measurement and gives its exit code. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }
}
