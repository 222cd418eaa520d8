package dev.polymath.run;

import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.List;

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

    /** The path of a head's graph in its folder. */
    static String headFile(String task) {
        return GRAPHS + "/head." + fileName(task) + ".onnx";
    }

    /** The path of the graph that compares what a task has of texts, in its folder; of an {@link Interacting} task. */
    static String comparisonFile(String task) {
        return GRAPHS + "/comparison." + fileName(task) + ".onnx";
    }

    /** The graphs of a task above the trunk. */
    static List<String> headFiles(Task task) {
        return task instanceof Interacting
                ? List.of(headFile(task.name()), comparisonFile(task.name()))
                : List.of(headFile(task.name()));
    }

    static String trunkFile(SharingGroup group) {
        return GRAPHS + (group.name().equals(PLAIN) ? "/trunk.onnx" : "/trunk." + group.name() + ".onnx");
    }

    /** What lies below a group's trunk, where its tasks part above the embeddings. */
    static String belowFile(SharingGroup group) {
        return GRAPHS + "/below." + group.name() + ".onnx";
    }

    /** A group's trunk, and what lies below it. */
    static List<String> trunkFiles(SharingGroup group) {
        return group.forks() ? List.of(trunkFile(group), belowFile(group)) : List.of(trunkFile(group));
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
