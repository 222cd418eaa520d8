package dev.polymath.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Minilm;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.TaskSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A small BERT with random weights and a task of each kind: two on pairs, the others on single texts. */
public final class TinyModel {
    static final PartSpec EQUAL = new PartSpec("equal", Map.of());

    private TinyModel() {}

    /** With all its tasks. */
    public static ModelFolder.Contents contents(long seed) {
        return contents(seed, tasks());
    }

    /** With these tasks, all on the backbone as it is. */
    public static ModelFolder.Contents contents(long seed, List<Task> tasks) {
        SplittableRandom random = new SplittableRandom(seed);
        Backbone backbone = Backbones.of(config(), 0);
        Map<String, Array> weights = new LinkedHashMap<>();
        backbone.shapes().forEach((name, shape) -> weights.put(name, random(shape, name, random)));
        Weights all = new Weights(weights);
        for (Task task : tasks) {
            // Initial heads are close to zero; larger ones tell wrong answers from right ones.
            for (Map.Entry<String, Array> head :
                    task.initial(backbone.width(), random).asMap().entrySet()) {
                all = all.with(
                        new Weights(Map.of(head.getKey(), random(head.getValue().shape(), head.getKey(), random))));
            }
        }
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("seed", (int) seed);
        return new ModelFolder.Contents(
                "tiny", config(), all, Minilm.tokenizer(), tasks, groups(tasks), EQUAL, 64, report);
    }

    /**
     * The tasks as a project lets them share, what that adds drawn normally with a deviation of 0.3: enough to tell one task's
     * from another's.
     */
    public static ModelFolder.Contents contents(SharingSpec sharing, SplittableRandom random) {
        ModelFolder.Contents hard = contents(1);
        List<SharingGroup> groups =
                SharingGroup.of(sharing.of(hard.tasks().stream().map(Task::name).toList()));
        Weights weights = hard.weights();
        for (SharingGroup group : groups) {
            weights = weights.with(group.initial(Backbones.of(hard.config(), 0), hard.weights(), random)
                    .map(array -> normal(array, random)));
        }
        return with(hard, groups, weights);
    }

    /** The same model with other weights, or with more. */
    public static ModelFolder.Contents with(ModelFolder.Contents drawn, Weights more) {
        return with(drawn, drawn.groups(), drawn.weights().with(more));
    }

    private static ModelFolder.Contents with(ModelFolder.Contents drawn, List<SharingGroup> groups, Weights weights) {
        return new ModelFolder.Contents(
                drawn.name(),
                drawn.config(),
                weights,
                drawn.tokenizer(),
                drawn.tasks(),
                groups,
                drawn.balance(),
                drawn.maxTokens(),
                drawn.report());
    }

    private static Array normal(Array like, SplittableRandom random) {
        float[] values = new float[like.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) (0.3 * random.nextGaussian());
        return Array.of(values, like.shape());
    }

    /** All tasks on the backbone as it is. */
    static List<SharingGroup> groups(List<Task> tasks) {
        Map<String, PartSpec> hard = new LinkedHashMap<>();
        for (Task task : tasks) hard.put(task.name(), new PartSpec("hard", Map.of()));
        return SharingGroup.of(hard);
    }

    static ObjectNode config() {
        return Minilm.config()
                .put("hidden_size", 32)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 4)
                .put("intermediate_size", 64)
                .put("max_position_embeddings", 64);
    }

    /** One of each kind, and two on pairs. */
    public static List<Task> tasks() {
        return List.of(
                classify("intent", false, "refund", "delivery", "greeting"),
                task(
                        "topics",
                        "multilabel",
                        Map.of("text", "text", "label", "labels"),
                        new Label.Names(List.of("billing", "shipping")),
                        new Label.Names(List.of())),
                task(
                        "stars",
                        "ordinal",
                        Map.of("text", "text", "label", "label", "labels", List.of("1", "2", "3")),
                        new Label.Name("1"),
                        new Label.Name("2"),
                        new Label.Name("3")),
                task(
                        "entities",
                        "tag",
                        Map.of("token", "0", "label", "1"),
                        new Label.Tags(List.of("B-LOC", "I-LOC"), new int[] {0, 3}, new int[] {2, 5}),
                        new Label.Tags(List.of("O", "B-PER"), new int[] {0, 3}, new int[] {2, 5})),
                classify("nli", true, "entailment", "contradiction"),
                task(
                        "closeness",
                        "regress",
                        Map.of("text", "a", "text2", "b", "label", "score"),
                        new Label.Number(1),
                        new Label.Number(3)));
    }

    static Task classify(String name, boolean pairs, String... labels) {
        Map<String, Object> settings = new LinkedHashMap<>(Map.of("text", "text", "label", "label"));
        if (pairs) settings.put("text2", "text2");
        Label[] names = new Label[labels.length];
        for (int i = 0; i < labels.length; i++) names[i] = new Label.Name(labels[i]);
        return task(name, "classify", settings, names);
    }

    private static Task task(String name, String type, Map<String, Object> settings, Label... labels) {
        List<Example> examples = new ArrayList<>();
        for (Label label : labels) examples.add(new Example("ab cd", "ef", label, 1));
        TaskSpec spec = new TaskSpec(name, type, Path.of("train.csv"), null, null, settings, 1);
        return TaskKinds.named(type).create(spec, examples);
    }

    private static Array random(long[] shape, String name, SplittableRandom random) {
        float[] values = new float[Array.zeros(shape).size()];
        float offset = name.contains("LayerNorm.weight") ? 1 : 0;
        for (int i = 0; i < values.length; i++) values[i] = offset + (float) (random.nextDouble() - 0.5);
        return Array.of(values, shape);
    }
}
