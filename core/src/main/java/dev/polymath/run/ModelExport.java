package dev.polymath.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.ops.OnnxOps;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes a model for other programs. What is in the way is refused; a folder is there whole or not at all. */
public final class ModelExport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelExport() {}

    /**
     * A folder that transformers opens, with nothing of Polymath's but the heads' weights: {@code config.json}, {@code
     * model.safetensors}, {@code tokenizer.json}, {@code heads.safetensors}, and {@code adapters/} for peft where tasks have
     * weights of their own.
     *
     * @throws InputException if something is in its place, or it cannot be written
     */
    public static void huggingFace(ModelFolder model, Path out) {
        write(out, folder -> {
            for (String file :
                    List.of(ModelLayout.CONFIG, ModelLayout.MODEL, ModelLayout.TOKENIZER, ModelLayout.HEADS)) {
                Files.copy(model.path().resolve(file).toRealPath(), folder.resolve(file));
            }
            for (Task task : model.tasks()) {
                for (String file : List.of(ModelLayout.ADAPTER_CONFIG, ModelLayout.ADAPTER_WEIGHTS)) {
                    String place = ModelLayout.adapterFolder(task.name()) + "/" + file;
                    if (!Files.exists(model.path().resolve(place))) continue;
                    Files.createDirectories(folder.resolve(place).getParent());
                    Files.copy(model.path().resolve(place), folder.resolve(place));
                }
            }
        });
    }

    /**
     * A folder with a graph for each task, in F32 and plain operators (opset 17): {@code NAME.onnx} goes from {@code
     * input_ids}, {@code attention_mask} and {@code token_type_ids}, integers {@code [rows, tokens]}, to {@code logits [rows,
     * outputs]} or {@code [rows, tokens, outputs]}, {@code NAME.json} says what these mean, {@code model.safetensors} has the
     * weights that all graphs refer to, and {@code tokenizer.json} turns texts into ids. A task that reads queries and passages
     * each by itself has {@code NAME.comparison.onnx} beside, from what it has of them to scores.
     *
     * @throws InputException if something is in its place, or it cannot be written
     */
    public static void onnx(ModelFolder model, Path out) {
        write(out, folder -> {
            Path weights = folder.resolve(ModelLayout.MODEL);
            Files.copy(model.path().resolve(ModelLayout.MODEL).toRealPath(), weights);
            Files.write(folder.resolve(ModelLayout.TOKENIZER), model.tokenizer());
            for (Task task : model.tasks()) {
                String file = ModelLayout.fileName(task.name());
                Files.write(
                        folder.resolve(file + ".onnx"),
                        graph(model, task).bytes(List.of(ModelFolderWriter.ranges(weights))));
                if (task instanceof Interacting) {
                    Files.copy(
                            model.path().resolve(ModelLayout.comparisonFile(task.name())),
                            folder.resolve(file + ".comparison.onnx"));
                }
                ObjectNode about = JSON.createObjectNode();
                about.put("type", task.type()).put("pairs", task.pairs());
                about.put("max_tokens", model.maxTokens(model.group(task)));
                task.labels().forEach(about.putArray("labels")::add);
                about.set("state", task.state());
                Files.write(
                        folder.resolve(file + ".json"),
                        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(about));
            }
        });
    }

    /** Trunk and head of a task in one, with its own weights inside. */
    private static OnnxOps graph(ModelFolder model, Task task) {
        ModelFolder.Contents alone = model.alone(task.name(), model.name());
        SharingGroup group = alone.groups().get(0);
        Backbone backbone = model.backbone();
        OnnxOps ops = new OnnxOps(task.name(), alone.weights());
        OnnxOps.Edge ids = ops.input(ServingGraphs.IDS, DType.I64, "rows", "tokens");
        OnnxOps.Edge mask = ops.input(ServingGraphs.MASK, DType.I64, "rows", "tokens");
        OnnxOps.Edge types = ops.input(ServingGraphs.TYPES, DType.I64, "rows", "tokens");
        // A row's task is the only one, 0: as many zeros as there are rows, looked up by what the mask has for the
        // first token.
        OnnxOps.Edge first = ops.reshape(ops.slice(mask, 1, 0, 1), -1);
        OnnxOps.Edge tasks = ops.gather(ops.constant(Array.of(new long[2], 2)), first);
        Hidden<OnnxOps.Edge> hidden = backbone.hidden(
                ops, new Inputs<>(ids, mask, types), group.sites(backbone, tasks), task.reading(backbone.layers()));
        OnnxOps.Edge logits = task.head(ops, hidden);
        ops.output(ServingGraphs.LOGITS, logits, ServingGraphs.axes(task, logits));
        return ops;
    }

    private static void write(Path out, AtomicFolder.Content content) {
        if (Files.exists(out) && !isEmptyFolder(out)) {
            throw new InputException(out + " is there already; give another --out, or delete it first");
        }
        AtomicFolder.replace(out, content);
    }

    private static boolean isEmptyFolder(Path out) {
        if (!Files.isDirectory(out)) return false;
        try (Stream<Path> files = Files.list(out)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new InputException(out + " cannot be read: " + e.getMessage(), e);
        }
    }
}
