package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Project;
import dev.polymath.project.SharingSpec;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.PeftAdapter;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.sharing.SharingParts;
import dev.polymath.sharing.TrainedPart;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the tasks that come to a model begin from in the stead of fresh weights: own weights below the head that were trained
 * before, of a task in the model or by peft. Such a task's part is the one that these are of; its head is fresh. To begin a
 * prompt from that of a like task is the transfer of Vu et al. 2022, <i>SPoT</i>, arXiv:2110.07904, and Zhong et al. 2022,
 * <i>PANDA</i>, arXiv:2208.10160.
 */
public final class Beginnings {
    /** @param source what the user calls it, for messages */
    private record Beginning(String source, TrainedPart part) {}

    private final ModelFolder model;
    private final Collection<String> coming;
    private final Map<String, Beginning> beginnings = new LinkedHashMap<>();

    /**
     * Every task begins with fresh weights.
     *
     * @param model to which they come
     * @param coming names of the new tasks
     */
    public Beginnings(ModelFolder model, Collection<String> coming) {
        this.model = model;
        this.coming = coming;
    }

    /**
     * A new task begins as a copy of a task in the model.
     *
     * @throws InputException if there is no such new task, or it has a beginning already; or if there is no such task in the
     *     model, or it has no weights of its own, or its part lets no others come
     */
    public void like(String task, String other) {
        TrainedPart part = model.part(model.task(other));
        if (part.own().names().isEmpty()) {
            throw new InputException(
                    "task '" + other + "' shares by '" + part.spec().type()
                            + "' and has no weights of its own below its head that '" + task + "' could begin from");
        }
        if (!SharingParts.of(part.spec()).joins()) {
            throw new InputException("tasks that share by '" + part.spec().type()
                    + "' read each other's weights, so that '" + task + "' cannot begin as '" + other + "' is");
        }
        put(task, new Beginning("task '" + other + "'", part));
    }

    /**
     * A new task begins from an adapter that peft wrote.
     *
     * @throws InputException if there is no such new task, or it has a beginning already; or as {@link PeftAdapter#open}
     */
    public void adapter(String task, Path folder) {
        put(task, new Beginning(folder.toString(), PeftAdapter.open(folder, model.backbone())));
    }

    private void put(String task, Beginning beginning) {
        if (!coming.contains(task)) {
            throw new InputException("no task '" + task + "' is added" + Choices.instead(task, coming));
        }
        Beginning other = beginnings.put(task, beginning);
        if (other == null) return;
        throw new InputException(
                "task '" + task + "' can begin from one only, not from " + other.source + " and " + beginning.source);
    }

    /**
     * A project whose tasks share as what they begin from does.
     *
     * @throws InputException if the project names another part for one of them, or another value of a knob
     */
    Project in(Project project) {
        SharingSpec sharing = project.parts().sharing();
        // A mapping by task says nothing of the tasks that it does not name.
        boolean all =
                project.places().containsKey("sharing") && sharing.byTask().isEmpty();
        Map<String, PartSpec> byTask = new LinkedHashMap<>(sharing.byTask());
        beginnings.forEach((task, beginning) -> {
            PartSpec named = sharing.byTask().getOrDefault(task, all ? sharing.standard() : null);
            if (named != null) requireSame(project, task, named, beginning);
            byTask.put(task, beginning.part.spec());
        });
        SharingSpec agreed = new SharingSpec(sharing.standard(), byTask);
        return project.withParts(project.parts().withSharing(agreed));
    }

    private static void requireSame(Project project, String task, PartSpec named, Beginning beginning) {
        PartSpec part = SharingParts.CATALOGUE.complete(beginning.part.spec());
        String what = "task '" + task + "' begins from " + beginning.source + ", which shares by '" + part.type() + "'";
        if (!named.type().equals(part.type())) {
            throw new InputException(
                    project.problem("sharing", what + " and not by '" + named.type() + "'; leave its sharing out")
                            .toString());
        }
        Map<String, Object> given = SharingParts.CATALOGUE.complete(named).knobs();
        for (String knob : named.knobs().keySet()) {
            Object there = part.knobs().get(knob);
            if (given.get(knob).equals(there)) continue;
            String message = what + " with " + knob + " " + shown(there) + " and not " + shown(given.get(knob));
            throw new InputException(project.problem("sharing", message + "; leave " + knob + " out")
                    .toString());
        }
    }

    private static String shown(Object knob) {
        boolean whole = knob instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9;
        return whole ? String.valueOf(((Double) knob).longValue()) : String.valueOf(knob);
    }

    /**
     * Weights as learning begins.
     *
     * @param fresh all of the new tasks and what they share, by their names in a model
     * @param groups the new tasks by how they share
     */
    Weights over(Weights fresh, Collection<SharingGroup> groups) {
        Map<String, Array> all = new LinkedHashMap<>(fresh.asMap());
        for (SharingGroup group : groups) {
            for (String task : group.tasks()) {
                if (!beginnings.containsKey(task)) continue;
                Weights own = beginnings.get(task).part.own();
                own.asMap()
                        .forEach((weight, array) -> all.compute(
                                group.ownPrefix() + weight,
                                (name, stack) -> replaced(stack, group.tasks().indexOf(task), array)));
            }
        }
        return new Weights(all);
    }

    /** An array {@code [tasks, ...]} with another row. */
    private static Array replaced(Array stack, int row, Array with) {
        long[] shape = stack.shape();
        if (!Arrays.equals(Arrays.copyOfRange(shape, 1, shape.length), with.shape())) {
            throw new IllegalStateException("a beginning " + with + " for a row of " + stack);
        }
        Array[] rows = new Array[(int) shape[0]];
        for (int i = 0; i < rows.length; i++) rows[i] = i == row ? with.cast(DType.F32) : stack.row(i);
        return Array.stack(Arrays.asList(rows));
    }
}
