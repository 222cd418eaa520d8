package dev.polymath.run;

import dev.polymath.model.Reading;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the files of a model folder are called; {@link ModelFolder} says what they hold. */
final class ModelLayout {
    static final String CONFIG = "config.json";
    static final String TOKENIZER = "tokenizer.json";
    static final String MODEL = "model.safetensors";
    static final String HEADS = "heads.safetensors";
    static final String REPORT = "report.json";
    static final String QUANTIZATION = "quantization.json";
    /** Within {@link #GRAPHS}: the backbone's linear weights in int8. */
    static final String INT8 = "model.int8.safetensors";

    static final String GRAPHS = "onnx";
    static final String ADAPTERS = "adapters";
    /** Within a task's folder of {@link #ADAPTERS}, by peft's names. */
    static final String ADAPTER_CONFIG = "adapter_config.json";

    static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

    /** Names of weights that belong to a head begin so. */
    static final String HEAD_PREFIX = "heads.";

    /** The part whose tasks use the backbone as it is. */
    private static final String PLAIN = "hard";

    private ModelLayout() {}

    /** Names of a head's weights begin so. */
    static String headPrefix(String task) {
        return HEAD_PREFIX + task + ".";
    }

    /** The path of a head's graph in its folder, that of {@link Task#headKey}. */
    static String headFile(Task task) {
        return GRAPHS + "/head" + task.headKey() + "." + fileName(task.name()) + ".onnx";
    }

    /**
     * A group's trunk.
     *
     * @param reading what it gives
     * @param layers of the backbone
     */
    static String trunkFile(SharingGroup group, Reading reading, int layers) {
        String name = group.name().equals(PLAIN) ? "" : "." + group.name();
        return GRAPHS + "/trunk" + name + (isWhole(reading, layers) ? "" : "." + reading.key()) + ".onnx";
    }

    /** Whether it is the last layer's states, which most tasks read. */
    static boolean isWhole(Reading reading, int layers) {
        return reading.equals(Reading.of(layers));
    }

    /**
     * Whether a trunk goes on from what lies below its group's tasks. One that gives other states than the last begins at the
     * tokens: it may read what lies below, or end there.
     */
    static boolean forks(SharingGroup group, Reading reading, int layers) {
        return group.forks() && isWhole(reading, layers);
    }

    /** The path of the graph that compares what a task has of texts, in its folder; of an {@link Interacting} task. */
    static String comparisonFile(String task) {
        return GRAPHS + "/comparison." + fileName(task) + ".onnx";
    }

    /**
     * The graphs of a task above the trunk.
     *
     * @param layers of the backbone
     */
    static List<String> headFiles(Task task, int layers) {
        List<String> files = new ArrayList<>();
        for (Task each : task.heads(layers)) files.add(headFile(each));
        if (task instanceof Interacting) files.add(comparisonFile(task.name()));
        return files;
    }

    /** What lies below a group's trunk, where its tasks part above the embeddings. */
    static String belowFile(SharingGroup group) {
        return GRAPHS + "/below." + group.name() + ".onnx";
    }

    /** A trunk, and what lies below it. */
    static List<String> trunkFiles(SharingGroup group, Reading reading, int layers) {
        String trunk = trunkFile(group, reading, layers);
        return forks(group, reading, layers) ? List.of(trunk, belowFile(group)) : List.of(trunk);
    }

    /** What some tasks of a group read of its trunks, those that others have too. */
    static Set<Reading> readings(SharingGroup group, List<Task> tasks, int layers) {
        Set<Reading> readings = new LinkedHashSet<>();
        for (Task task : tasks) {
            if (group.tasks().contains(task.name())) readings.addAll(task.readings(layers));
        }
        return readings;
    }

    /** The trunks of a group that some of its tasks read, and what lies below them. */
    static Set<String> trunkFiles(SharingGroup group, List<Task> tasks, int layers) {
        Set<String> files = new LinkedHashSet<>();
        for (Reading reading : readings(group, tasks, layers)) files.addAll(trunkFiles(group, reading, layers));
        return files;
    }

    /** A graph's file, with linear maps in int8. */
    static String int8(String file) {
        return file.substring(0, file.length() - ".onnx".length()) + ".int8.onnx";
    }

    static String sharedFile(SharingGroup group) {
        return GRAPHS + "/" + group.name() + ".safetensors";
    }

    static String adapterFolder(String task) {
        return ADAPTERS + "/" + fileName(task);
    }

    /** Characters of a task's name that a file name may not have stand as {@code %XX}. */
    static String fileName(String task) {
        StringBuilder name = new StringBuilder();
        for (byte b : task.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-';
            name.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xff));
        }
        return name.toString();
    }
}
