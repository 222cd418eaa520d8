package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.model.Backbones;
import dev.polymath.project.PartSpec;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.Branch;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnWeightsTest {
    private static final List<Input> INPUTS = List.of(
            new Input("the train is slow", null),
            new Input("a refund for the battery", "the battery came back"),
            new Input("paris", null));

    @TempDir
    Path parent;

    @Test
    void tasksWithTheSameWeightsOfTheirOwnPassOnceAndAnswerAsAlone() {
        PartSpec hierarchy = new PartSpec("hierarchy", Map.of("layers", Map.of("stars", 1, "entities", 1)));
        Path folder = write(hierarchy);
        ModelFolder opened = ModelFolder.open(folder);
        OwnWeights own = new OwnWeights(opened);
        int low = own.position(opened.task("stars"));
        assertThat(own.position(opened.task("entities"))).isEqualTo(low);
        for (Task task : opened.tasks()) {
            if (List.of("stars", "entities").contains(task.name())) continue;
            assertThat(own.position(task))
                    .as(task.name())
                    .isNotEqualTo(low)
                    .isEqualTo(own.position(opened.task("nli")));
        }
        togetherAsAlone(folder);
    }

    @Test
    void tasksOnOneLeafOfATreePassOnce() {
        PartSpec spec = new PartSpec("branch", Map.of("branches", 2, "levels", 2, "rank", 2));
        ModelFolder.Contents drawn = TinyModel.contents(new SharingSpec(spec, Map.of()), new SplittableRandom(4));
        Path folder = parent.resolve("branch");
        ModelFolder.write(folder, drawn);
        ModelFolder opened = ModelFolder.open(folder);
        SharingGroup group = drawn.groups().get(0);
        OwnWeights own = new OwnWeights(opened);
        Set<Integer> positions = new HashSet<>();
        for (Task task : opened.tasks()) {
            positions.add(own.position(task));
            for (Task other : opened.tasks()) {
                assertThat(own.position(task) == own.position(other))
                        .isEqualTo(path(group, drawn.weights(), task).equals(path(group, drawn.weights(), other)));
            }
        }
        assertThat(positions).hasSize(2);
        togetherAsAlone(folder);
    }

    private static List<Integer> path(SharingGroup group, Weights weights, Task task) {
        Map<String, Array> shared = new HashMap<>();
        group.shared(weights)
                .asMap()
                .forEach((name, array) ->
                        shared.put(name.substring(group.sharedPrefix().length()), array));
        return ((Branch) group.part()).path(new Weights(shared), group.own(weights, task.name()));
    }

    private static void togetherAsAlone(Path folder) {
        try (Polymath model = Polymath.open(folder, new Polymath.Settings(1, 64))) {
            List<Prediction> together = predicted(model, INPUTS, List.of());
            for (int i = 0; i < INPUTS.size(); i++) {
                for (String task : together.get(i).answers().keySet()) {
                    Prediction alone = predicted(model, INPUTS.subList(i, i + 1), List.of(task))
                            .get(0);
                    assertThat(together.get(i).raw().get(task))
                            .as("%s of %s", task, INPUTS.get(i).text())
                            .containsExactly(alone.raw().get(task), within(1e-5f));
                }
            }
        }
    }

    private static List<Prediction> predicted(Polymath model, List<Input> inputs, List<String> tasks) {
        return model.predict(
                inputs.stream().map(input -> new Question(input, tasks, true)).toList());
    }

    @Test
    void eachHasItsOwnWhereTheyDiffer() {
        ModelFolder opened = ModelFolder.open(write(new PartSpec("lora", Map.of("rank", 4))));
        OwnWeights own = new OwnWeights(opened);
        assertThat(opened.tasks().stream().map(task -> own.position(task))).doesNotHaveDuplicates();
    }

    /** Weights of tasks' own as learning begins with them: what the hierarchy has never changes. */
    private Path write(PartSpec part) {
        ModelFolder.Contents drawn = TinyModel.contents(new SharingSpec(part, Map.of()), new SplittableRandom(2));
        SharingGroup group = drawn.groups().get(0);
        Weights begun = group.initial(Backbones.of(drawn.config(), 0), drawn.weights(), new SplittableRandom(3));
        Path folder = parent.resolve(part.type());
        ModelFolder.write(folder, TinyModel.with(drawn, begun));
        return folder;
    }
}
