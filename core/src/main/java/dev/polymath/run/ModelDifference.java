package dev.polymath.run;

import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What changed from one model to another, by the digests of the files that each task's answers come from. Tasks whose files
 * are all the same answer alike to the last bit, asked in the same way on the same machine.
 *
 * @param same tasks of both that answer alike
 * @param changed tasks of both that may not, each with what differs: {@code backbone}, {@code head}, ...
 * @param added tasks of the second alone
 * @param removed tasks of the first alone
 */
public record ModelDifference(
        List<String> same, Map<String, List<String>> changed, List<String> added, List<String> removed) {

    private static final String GRAPH = "graph";
    private static final String INT8 = "int8";
    /** What follows from the other files, and differs with them: graphs hold small weights themselves. */
    private static final Set<String> DERIVED = Set.of(GRAPH, INT8);

    public static ModelDifference of(ModelFolder first, ModelFolder second) {
        List<String> same = new ArrayList<>();
        Map<String, List<String>> changed = new LinkedHashMap<>();
        List<String> removed = new ArrayList<>();
        List<String> added =
                new ArrayList<>(second.tasks().stream().map(Task::name).toList());
        for (Task task : first.tasks()) {
            if (!added.remove(task.name())) {
                removed.add(task.name());
                continue;
            }
            List<String> differing = differing(sources(first, task), sources(second, second.task(task.name())));
            if (differing.isEmpty()) same.add(task.name());
            else changed.put(task.name(), differing);
        }
        return new ModelDifference(same, changed, added, removed);
    }

    private static List<String> differing(Map<String, String> first, Map<String, String> second) {
        List<String> differing = new ArrayList<>(first.keySet());
        differing.removeIf(source -> Objects.equals(first.get(source), second.get(source)));
        if (!DERIVED.containsAll(differing)) differing.removeAll(DERIVED);
        return differing;
    }

    /** All that a task's answers come from, by what a user calls it, as digests or as text. */
    private static Map<String, String> sources(ModelFolder model, Task task) {
        Map<String, ModelManifest.Entry> files = model.manifest().files();
        SharingGroup group = model.group(task);
        String adapter = ModelLayout.adapterFolder(task.name()) + "/" + ModelLayout.ADAPTER_WEIGHTS;
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("backbone", digest(files, ModelLayout.GRAPHS + "/" + ModelLayout.MODEL));
        sources.put("sharing", part(group.spec()) + digest(files, ModelLayout.sharedFile(group)));
        sources.put("own weights", digest(files, adapter));
        sources.put(
                "head",
                digests(files, ModelLayout.headFiles(task, model.backbone().layers())));
        sources.put("labels and thresholds", task.type() + task.labels() + task.state());
        sources.put("tokenizer", digest(files, ModelLayout.TOKENIZER));
        sources.put(GRAPH, digests(files, trunks(model, task)));
        sources.put(INT8, int8(model, task));
        sources.put("longest text", Integer.toString(model.maxTokens()));
        return sources;
    }

    /** A task that was not measured in int8 is answered without it. */
    private static String int8(ModelFolder model, Task task) {
        Quantization quantization = model.quantization();
        if (quantization == null || !quantization.tasks().containsKey(task.name())) return "none";
        Map<String, ModelManifest.Entry> files = model.manifest().files();
        return digest(files, ModelLayout.GRAPHS + "/" + ModelLayout.INT8)
                + digests(
                        files,
                        trunks(model, task).stream().map(ModelLayout::int8).toList());
    }

    private static List<String> trunks(ModelFolder model, Task task) {
        int layers = model.backbone().layers();
        return List.copyOf(ModelLayout.trunkFiles(model.group(task), List.of(task), layers));
    }

    private static String part(PartSpec spec) {
        return spec.type() + new TreeMap<>(spec.knobs());
    }

    private static String digests(Map<String, ModelManifest.Entry> files, List<String> some) {
        return some.stream().map(file -> digest(files, file)).collect(Collectors.joining());
    }

    private static String digest(Map<String, ModelManifest.Entry> files, String file) {
        ModelManifest.Entry entry = files.get(file);
        return entry == null ? "none" : entry.sha256();
    }
}
