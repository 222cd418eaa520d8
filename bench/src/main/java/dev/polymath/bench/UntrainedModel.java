package dev.polymath.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Minilm;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TaskSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Embed;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The built-in backbone with tasks of two labels as they are drawn, not learned: what such a model computes takes as long as
 * in one that knows something.
 *
 * @param weights the backbone's, the sharing part's and the heads'
 */
record UntrainedModel(Backbone backbone, List<Task> tasks, List<SharingGroup> groups, Weights weights) {
    /** @param part how all of the tasks {@code task0}, {@code task1}, ... share */
    static UntrainedModel of(int count, PartSpec part) {
        Map<String, PartSpec> parts = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) parts.put("task" + i, part);
        return of(parts);
    }

    /** @param parts how tasks share, by their names */
    static UntrainedModel of(Map<String, PartSpec> parts) {
        List<Task> tasks = parts.keySet().stream().map(UntrainedModel::task).toList();
        List<SharingGroup> groups = SharingGroup.of(parts);
        Backbone backbone = Backbones.of(Minilm.config(), 0);
        SplittableRandom random = new SplittableRandom(1);
        Weights pretrained = Minilm.weights();
        Weights weights = pretrained.filter(name -> backbone.shapes().containsKey(name));
        for (SharingGroup group : groups) weights = weights.with(group.initial(backbone, pretrained, random));
        for (Task task : tasks) weights = weights.with(task.initial(backbone.width(), random));
        return new UntrainedModel(backbone, tasks, groups, weights);
    }

    private static Task task(String name) {
        TaskSpec spec =
                new TaskSpec(name, "classify", Path.of("."), null, null, Map.of("text", "text", "label", "label"), 1);
        List<Example> examples = List.of(
                new Example("a", null, new Label.Name("yes"), 1), new Example("b", null, new Label.Name("no"), 2));
        return TaskKinds.named("classify").create(spec, examples);
    }

    /** @param maxTokens texts are cut to this many tokens */
    void write(Path folder, int maxTokens) {
        ModelFolder.write(
                folder,
                new ModelFolder.Contents(
                        "untrained",
                        Minilm.config(),
                        weights,
                        Minilm.tokenizer(),
                        tasks,
                        groups,
                        new PartSpec("equal", Map.of()),
                        maxTokens,
                        JsonNodeFactory.instance.objectNode()));
    }

    /** A small backbone of random weights that gives vectors of 32 numbers: for what needs some, but not good ones. */
    static void tiny(Path folder) {
        ObjectNode config = Minilm.config()
                .put("hidden_size", 32)
                .put("num_hidden_layers", 1)
                .put("num_attention_heads", 4)
                .put("intermediate_size", 64);
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Array> weights = new LinkedHashMap<>();
        Backbones.of(config, 0).shapes().forEach((name, shape) -> {
            float[] values = new float[Array.zeros(shape).size()];
            float offset = name.contains("LayerNorm.weight") ? 1 : 0;
            for (int i = 0; i < values.length; i++) values[i] = offset + (float) (random.nextDouble() - 0.5);
            weights.put(name, Array.of(values, shape));
        });
        Task embed = new Embedder(Embed.TYPE, Poolings.MEAN);
        PartSpec hard = new PartSpec("hard", Map.of());
        ModelFolder.write(
                folder,
                new ModelFolder.Contents(
                        "tiny",
                        config,
                        new Weights(weights),
                        Minilm.tokenizer(),
                        List.of(embed),
                        SharingGroup.of(Map.of(embed.name(), hard)),
                        new PartSpec("equal", Map.of()),
                        256,
                        JsonNodeFactory.instance.objectNode()));
    }
}
