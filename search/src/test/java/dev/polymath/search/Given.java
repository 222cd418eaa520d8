package dev.polymath.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Passage;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.TaskSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.run.TinyModel;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A small model of random weights that reads 64 tokens, and random documents. */
final class Given {
    private static final List<String> WORDS = List.of(
            ("kettle tap water boil steam handle lid leak red blue green shop order parcel late refund money card bank"
                            + " river stone bridge mountain snow valley walk boot coat hat glove train ticket seat window door"
                            + " garden rose tulip bee honey bread butter cheese wine glass bottle cellar lamp light shade table"
                            + " chair cushion curtain carpet floor tile brick wall roof rain storm wind sail boat harbour fish"
                            + " net market stall price penny pound coin purse pocket shirt button thread needle cloth silk wool"
                            + " sheep farm barn hay horse cart wheel road town square clock tower bell church song choir music")
                    .split(" "));

    private Given() {}

    /** A model with a task {@code embed}, and those of {@link TinyModel}, of which {@code closeness} reads pairs, and {@code worth}. */
    static Path model(Path folder, long seed) {
        Path model = folder.resolve("model" + seed);
        if (!Files.exists(model)) ModelFolder.write(model, TinyModel.contents(seed, tasks()));
        return model;
    }

    static Polymath open(Path folder) {
        return Polymath.open(model(folder, 1), new Polymath.Settings(1, 2048));
    }

    private static List<Task> tasks() {
        List<Task> tasks = new ArrayList<>(List.of(new Embedder("embed", Poolings.MEAN)));
        tasks.addAll(TinyModel.tasks());
        Map<String, Object> keys = Map.of("text", "text", "label", "worth");
        TaskSpec worth = new TaskSpec("worth", "regress", Path.of("train.csv"), null, null, keys, 1);
        List<Example> rows =
                List.of(new Example("a", null, new Label.Number(1), 1), new Example("b", null, new Label.Number(3), 2));
        tasks.add(TaskKinds.named("regress").create(worth, rows));
        return tasks;
    }

    static String words(SplittableRandom random, int count) {
        List<String> words = new ArrayList<>();
        // Some words are common and some are rare, as in any language.
        for (int i = 0; i < count; i++) {
            double share = random.nextDouble();
            words.add(WORDS.get((int) (share * share * WORDS.size())));
        }
        return String.join(" ", words);
    }

    /** Documents {@code 0}, {@code 1}, ...: every seventh longer than the model reads, with a shop, a price, and tags. */
    static List<Passage> documents(SplittableRandom random, int count) {
        List<Passage> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) documents.add(document(random, Integer.toString(i), i % 7 == 3));
        return documents;
    }

    static Passage document(SplittableRandom random, String id, boolean isLong) {
        String title = random.nextInt(3) == 0 ? "" : words(random, 1 + random.nextInt(4));
        String text = words(random, isLong ? 80 + random.nextInt(150) : 3 + random.nextInt(20));
        Map<String, List<String>> fields = new LinkedHashMap<>();
        fields.put("shop", List.of(random.nextBoolean() ? "Leeds" : "York"));
        if (random.nextInt(4) > 0) fields.put("price", List.of(Integer.toString(random.nextInt(100))));
        fields.put("tag", List.of(words(random, 1), words(random, 1)));
        return new Passage(id, title, text, fields, 0);
    }

    static void index(Path folder, Polymath model, IndexSettings settings, List<Passage> documents) {
        try (Indexer indexer = Indexer.open(folder, model, settings)) {
            documents.forEach(indexer::add);
        }
    }

    /** Documents as a JSONL file. */
    static Path write(Path file, List<Passage> documents) {
        StringBuilder text = new StringBuilder();
        for (Passage each : documents) {
            var json = JsonNodeFactory.instance
                    .objectNode()
                    .put("_id", each.id())
                    .put("title", each.title())
                    .put("text", each.text());
            each.fields().forEach((name, values) -> values.forEach(json.withArray(name)::add));
            text.append(json).append('\n');
        }
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
