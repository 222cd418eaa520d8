package dev.polymath.bench;

import dev.polymath.project.PartSpec;
import dev.polymath.run.Polymath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What one text costs that several tasks are asked of, beside one task; all in turns. */
@Command(name = "tasks", description = "One text for several tasks beside one task, and beside a model a task.")
final class TasksBench implements Callable<Integer> {
    private static final String SENTENCE = "Where is the refund that I was promised three long weeks ago?";
    private static final PartSpec HARD = new PartSpec("hard", Map.of());
    private static final int MAX_TOKENS = 256;

    @Option(names = "--models", required = true, description = "Where the models go.")
    private Path folder;

    @Option(names = "--rounds", defaultValue = "200")
    private int rounds;

    @Option(names = "--threads", defaultValue = "1")
    private int threads;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(folder);
        PartSpec forked = new PartSpec("lora", Map.of("first_layer", 4L));
        List<Polymath> open = new ArrayList<>();
        try {
            Polymath one = open("hard-1", 1, HARD, open);
            Polymath eight = open("hard-8", 8, HARD, open);
            Polymath twelve = open("hard-12", 12, HARD, open);
            Polymath lora = open("lora-1", 1, new PartSpec("lora", Map.of()), open);
            Polymath parted = open("forked-8", 8, forked, open);
            Polymath whole = open("lora-8", 8, new PartSpec("lora", Map.of()), open);
            List<Polymath> separate = new ArrayList<>();
            for (int i = 0; i < 12; i++) separate.add(open("hard-1", 1, HARD, open));
            Map<String, Runnable> ways = new LinkedHashMap<>();
            ways.put("one task", () -> one.predict(SENTENCE));
            ways.put("8 tasks that share all of the backbone", () -> eight.predict(SENTENCE));
            ways.put("one low-rank task", () -> lora.predict(SENTENCE));
            ways.put("8 low-rank tasks that part behind layer 3 of 6", () -> parted.predict(SENTENCE));
            ways.put("8 low-rank tasks that part at the embeddings", () -> whole.predict(SENTENCE));
            ways.put("12 tasks that share all of the backbone", () -> twelve.predict(SENTENCE));
            ways.put("12 models of one task", () -> separate.forEach(model -> model.predict(SENTENCE)));
            print(ways);
        } finally {
            open.forEach(Polymath::close);
        }
        return 0;
    }

    private Polymath open(String name, int tasks, PartSpec part, List<Polymath> open) {
        Path model = folder.resolve(name);
        if (!Files.exists(model)) UntrainedModel.of(tasks, part).write(model, MAX_TOKENS);
        Polymath opened = Polymath.open(model, new Polymath.Settings(threads, 4096));
        open.add(opened);
        return opened;
    }

    private void print(Map<String, Runnable> ways) {
        Map<String, double[]> took = new LinkedHashMap<>();
        ways.keySet().forEach(way -> took.put(way, new double[rounds]));
        for (int round = -20; round < rounds; round++) {
            for (Map.Entry<String, Runnable> way : ways.entrySet()) {
                long start = System.nanoTime();
                way.getValue().run();
                if (round >= 0) took.get(way.getKey())[round] = (System.nanoTime() - start) / 1e6;
            }
        }
        System.out.println("| one text of 12 words | median ms | to one task |");
        System.out.println("|---|---|---|");
        double first = median(took.values().iterator().next());
        took.forEach((way, all) ->
                System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f |%n", way, median(all), median(all) / first));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
