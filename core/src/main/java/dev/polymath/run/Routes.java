package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.model.Reading;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * By which trunk each task's texts pass. Those of a group pass together but for tasks that came after the model was
 * quantised: what they lose in int8 nobody has measured, so they pass in F32, and the others go on as before.
 */
public final class Routes {
    /**
     * A trunk.
     *
     * @param group the group's whose texts pass it
     * @param reading what it gives, and so how far it goes
     * @param int8 whether its linear maps are computed in integers
     */
    public record Route(SharingGroup group, Reading reading, boolean int8) {}

    private final int layers;
    private final Map<String, Route> byTask = new HashMap<>();
    private final List<Route> all;

    /** @throws InputException if int8 is asked of a model that has it not, or not for all tasks; or bf16 */
    Routes(ModelFolder folder, Precision precision) {
        Set<String> measured = measured(folder, precision);
        this.layers = folder.backbone().layers();
        Set<Route> routes = new LinkedHashSet<>();
        List<String> lacking = new ArrayList<>();
        for (SharingGroup group : folder.groups()) {
            for (String task : group.tasks()) {
                boolean int8 = measured.contains(task);
                for (Reading reading : folder.task(task).readings(layers)) {
                    Route route = new Route(group, reading, int8);
                    byTask.putIfAbsent(task, route);
                    routes.add(route);
                }
                if (!int8) lacking.add(task);
            }
        }
        if (precision == Precision.INT8 && !lacking.isEmpty()) {
            throw new InputException(folder.path() + " has no int8 graph for tasks that came after it was quantised ("
                    + String.join(", ", lacking) + "); run 'polymath quantize " + folder.path() + "' again");
        }
        all = List.copyOf(routes);
    }

    /** Those of an engine that knows no int8: a trunk a group. */
    public static Routes withoutInt8(ModelFolder folder) {
        return new Routes(folder, Precision.FP32);
    }

    /** Tasks that are to be answered in int8. */
    private static Set<String> measured(ModelFolder folder, Precision precision) {
        if (precision == Precision.FP32) return Set.of();
        if (precision == Precision.BF16) {
            throw new InputException("ONNX Runtime computes no bf16 here; take the engine '" + Engine.Kind.TORCH.key()
                    + "' for it, or another precision: auto, fp32, int8");
        }
        Quantization quantization = folder.quantization();
        if (quantization == null) {
            if (precision == Precision.AUTO) return Set.of();
            throw new InputException(
                    folder.path() + " has no int8 graphs; run 'polymath quantize " + folder.path() + "' first");
        }
        boolean wanted = precision == Precision.INT8 || Precision.int8IsFaster();
        return wanted ? quantization.tasks().keySet() : Set.of();
    }

    /** In the order of the groups. */
    public List<Route> all() {
        return all;
    }

    /** A task's, by its name, where nothing of it is cut. */
    public Route of(String task) {
        return byTask.get(task);
    }

    /** A task's, by what it reads. */
    public Route of(Task task) {
        Route whole = byTask.get(task.name());
        Reading reading = task.reading(layers);
        return reading.equals(whole.reading) ? whole : new Route(whole.group, reading, whole.int8);
    }
}
