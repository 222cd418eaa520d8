package dev.polymath.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Minilm;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TaskSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The built-in backbone with tasks of two labels as they are drawn, not learned: what such a model computes takes as long as
 * in one that knows something.
 *
 * @param weights the backbone's, the sharing part's and the heads'
 */
record UntrainedModel(Backbone backbone, List<Task> tasks, List<SharingGroup> groups, Weights weights) {
    /** @param part how all of the tasks {@code task0}, {@code task1}, ... share */
    static UntrainedModel of(int count, PartSpec part) {
        List<Task> tasks = IntStream.range(0, count)
                .mapToObj(i -> "task" + i)
                .map(UntrainedModel::task)
                .toList();
        Map<String, PartSpec> parts = new LinkedHashMap<>();
        for (Task task : tasks) parts.put(task.name(), part);
        List<SharingGroup> groups = SharingGroup.of(parts);
        Backbone backbone = Backbones.of(Minilm.config(), 0);
        SplittableRandom random = new SplittableRandom(1);
        Weights pretrained = Minilm.weights();
        Weights weights = pretrained
                .filter(name -> backbone.shapes().containsKey(name))
                .with(groups.get(0).initial(backbone, pretrained, random));
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
}
