package dev.polymath.learn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.data.Corpus;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Passage;
import dev.polymath.learn.torch.Network;
import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.TaskSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.project.TrainSpec.Precision;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import dev.polymath.text.Words;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What tests of learning begin with: a tiny backbone, and tasks whose labels are plain to see in their texts. */
public final class Given {
    private static final List<String> WORDS =
            List.of("train", "refund", "paris", "madrid", "the", "water", "battery", "film", "slow", "bank", "price");

    /** Plain parts. */
    public static final Parts PARTS = new Parts(
            SharingSpec.of(new PartSpec("hard", Map.of())),
            new PartSpec("equal", Map.of()),
            new PartSpec("temperature", Map.of("temperature", 2)),
            List.of());

    private Given() {}

    /** A new seed for randomised tests, printed; or the one that {@code -Dpolymath.seed} gives. */
    public static long seed() {
        long seed = Long.getLong("polymath.seed", new Random().nextLong());
        System.out.println("randomised tests with -Dpolymath.seed=" + seed);
        return seed;
    }

    /** A file of reference numbers; see tools/make_training_fixtures.py. */
    public static JsonNode json(String file) {
        try (InputStream in = Given.class.getResourceAsStream("/training/" + file)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Pretrained bert(double dropout) {
        return Pretrained.open(new Fixture("bert").folder().toString(), dropout);
    }

    /** Two to seven words. */
    public static String text(Random random) {
        List<String> words = new ArrayList<>();
        for (int word = 2 + random.nextInt(6); word > 0; word--) words.add(WORDS.get(random.nextInt(WORDS.size())));
        return String.join(" ", words);
    }

    /** A task of a kind, under the kind's name. */
    public static Task task(String type) {
        TaskSpec spec =
                new TaskSpec(type, type, Path.of("train.csv"), null, null, Map.of("text", "text", "label", "label"), 1);
        return TaskKinds.named(type).create(spec, examples(type, 40, new Random(1)));
    }

    public static List<Example> examples(String type, int count, Random random) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = text(random);
            String second = List.of("embed", "retrieve", "rerank").contains(type) ? text(random) : null;
            examples.add(new Example(text, second, label(type, text, second), i + 2));
        }
        return examples;
    }

    private static Label label(String type, String text, String second) {
        if (second != null && !type.equals("embed")) return judged(second);
        List<String> words = List.of(text.split(" "));
        long travel = words.stream()
                .filter(word -> List.of("train", "paris", "madrid").contains(word))
                .count();
        return switch (type) {
            case "classify" -> new Label.Name(travel > 0 ? "travel" : "other");
            case "multilabel" ->
                new Label.Names(words.stream()
                        .filter(word -> List.of("refund", "bank", "film").contains(word))
                        .distinct()
                        .toList());
            case "ordinal" -> new Label.Name(String.valueOf(Math.min(2, travel)));
            case "regress", "embed" -> new Label.Number(travel);
            case "quality" -> new Label.Answering(travel > 0, 1);
            case "tag" -> tags(text, words);
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** That the second text answers, and two others do not. */
    private static Label judged(String second) {
        Label.Match match = new Label.Match(Set.of(second), List.of("slow bank", "water"), List.of());
        Corpus corpus = new Corpus(List.of(Passage.of("d", "", second)));
        return new Label.Judged("q", Map.of("d", 1), corpus, List.of(), match);
    }

    private static Label tags(String text, List<String> words) {
        Words spans = Words.of(text);
        List<String> tags = words.stream()
                .map(word -> word.equals("paris") || word.equals("madrid") ? "B-LOC" : "O")
                .toList();
        return new Label.Tags(tags, spans.starts(), spans.ends());
    }

    public static List<Encoding> encodings(List<Example> examples) {
        try (Tokenizer tokenizer = new Tokenizer(bert(0).tokenizer())) {
            return tokenizer.encodeAll(examples.stream().map(Example::text).toList(), 40);
        }
    }

    /** Tasks of these kinds with 40 rows to learn from and 12 to measure on, the same each time. */
    public static List<TaskRows> rows(String... types) {
        Random random = new Random(3);
        return Arrays.stream(types)
                .map(type -> new TaskRows(task(type), examples(type, 40, random), examples(type, 12, random)))
                .toList();
    }

    /** These tasks on a backbone as it is, in F32. */
    public static Network network(Pretrained pretrained, List<Task> tasks) {
        List<String> names = tasks.stream().map(Task::name).toList();
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            List<SharingGroup> groups = SharingGroup.of(PARTS.sharing().of(names));
            return new Network(pretrained.backbone(), names, groups, tokenizer.padId(), ScalarType.Float);
        }
    }

    /** Three epochs of steps of 200 tokens, at a rate that tiny backbones learn with. */
    public static TrainSpec spec(double epochs, long seed) {
        return new TrainSpec(
                epochs,
                200,
                2e-3,
                1e-2,
                1e-2,
                TrainSpec.Learns.AUTO,
                0.1,
                0.01,
                1,
                0.1,
                40,
                Integer.MAX_VALUE,
                Precision.FP32,
                seed);
    }

    public static Trainer trainer(List<TaskRows> rows, TrainSpec spec) {
        return new Trainer(bert(spec.dropout()), rows, PARTS, spec);
    }
}
