package dev.polymath.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Reading;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.sharing.TrainedPart;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.weights.Digest;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model on disk, in the layout that transformers reads, with what Polymath needs beside it:
 *
 * <pre>
 * config.json, tokenizer.json       the backbone, as Hugging Face has it
 * model.safetensors                 a link to onnx/model.safetensors (a copy where there are no links)
 * heads.safetensors                 the heads' weights, heads.NAME.*
 * polymath.json                     tasks, sharing, and the size and digest of every file
 * report.json                       metrics and cost
 * adapters/NAME/                    a task's own weights below its head, where it has such, as peft keeps them
 * onnx/model.safetensors            the backbone's weights, once for transformers and the graphs
 * onnx/GROUP.safetensors            what a group of tasks shares beside the backbone, where it does
 * onnx/trunk.onnx                   token ids to hidden states, for the tasks that share the backbone as it is
 * onnx/trunk.GROUP.onnx             the same for another group; with own weights it reads those, and each row's task
 * onnx/below.GROUP.onnx             the layers below that one, where none of the group's tasks changes them
 * onnx/trunk.l4.onnx, ...           as a trunk, for what reads other states than the last: those behind 4 layers
 * onnx/head.NAME.onnx               hidden states to the outputs of a task
 * onnx/head-l4.NAME.onnx, ...       the same for vectors of fewer layers, where these have maps of their own
 * onnx/comparison.NAME.onnx         what a task has of a query and of passages to scores, where it reads them apart
 *
 * and, where it has been quantised (see {@link Quantizer}):
 *
 * quantization.json                 what each task loses in int8, and which layers stay in F32
 * onnx/model.int8.safetensors       the backbone's linear weights in int8, once for all graphs
 * onnx/trunk.int8.onnx              as trunk.onnx, computed with those; trunk.GROUP.int8.onnx likewise
 * </pre>
 *
 * <p>The weights lie inside {@code onnx/} because runtimes refuse files outside of a graph's own folder.
 *
 * @param path the folder
 * @param name the model's name
 * @param config {@code config.json}
 * @param backbone the architecture, without dropout
 * @param tasks in the order of the project file
 * @param groups the tasks by how they share the backbone
 * @param balance how their losses were weighed
 * @param maxTokens texts are cut to this many tokens
 */
public record ModelFolder(
        Path path,
        String name,
        ObjectNode config,
        Backbone backbone,
        List<Task> tasks,
        List<SharingGroup> groups,
        PartSpec balance,
        int maxTokens) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What a model folder is written from.
     *
     * @param name the model's name
     * @param config {@code config.json} in Hugging Face layout
     * @param weights the backbone's under their Hugging Face names, the sharing part's, and those of the heads, {@code
     *     heads.NAME.*}
     * @param tokenizer the bytes of {@code tokenizer.json}
     * @param tasks in the order of the project file
     * @param groups the tasks by how they share the backbone
     * @param balance how their losses were weighed
     * @param maxTokens texts are cut to this many tokens, special tokens included
     * @param report {@code report.json}
     */
    public record Contents(
            String name,
            ObjectNode config,
            Weights weights,
            byte[] tokenizer,
            List<Task> tasks,
            List<SharingGroup> groups,
            PartSpec balance,
            int maxTokens,
            ObjectNode report) {
        public Contents {
            if (maxTokens < 1) throw new IllegalArgumentException("texts of " + maxTokens + " tokens");
            tasks = List.copyOf(tasks);
            groups = List.copyOf(groups);
        }
    }

    /**
     * What is added to a model.
     *
     * @param tasks the new tasks
     * @param groups them by how they share the backbone; those of a group that the model has go to the others there
     * @param weights those of their heads, and of their groups' parts: own ones of the new tasks alone, and shared ones
     *     where the group is new
     * @param report {@code report.json} of the new model
     */
    public record Extension(List<Task> tasks, List<SharingGroup> groups, Weights weights, ObjectNode report) {
        public Extension {
            tasks = List.copyOf(tasks);
            groups = List.copyOf(groups);
        }
    }

    public ModelFolder {
        groups = List.copyOf(groups);
        tasks = List.copyOf(tasks);
    }

    /**
     * Opens a folder, or the built-in model, {@code minilm}, where there is no folder of that name. Every file must be there in
     * the size it was written in; their digests are left to {@link #verify}, which reads them whole. If a writer was cut short, the model before it is put back.
     *
     * @throws InputException if there is no such folder, it is no model or of a newer format, or a file is missing or
     *     changed
     */
    public static ModelFolder open(Path folder) {
        AtomicFolder.repair(folder);
        if (BuiltInModel.isNamed(folder)) return open(BuiltInModel.folder());
        if (!Files.exists(folder)) {
            throw new InputException("there is no model folder " + folder + "; a model is a folder, or "
                    + BuiltInModel.NAME + ", the built-in one");
        }
        Path file = folder.resolve(ModelManifest.FILE);
        if (!Files.isRegularFile(file)) {
            throw new InputException(folder + " is not a model folder: it has no " + ModelManifest.FILE);
        }
        ModelManifest manifest = ModelManifest.of(file, json(file));
        ModelFiles.check(folder, manifest);
        ObjectNode config = json(folder.resolve(ModelLayout.CONFIG));
        Backbone backbone = Backbones.of(config, 0);
        ModelFiles.checkGraphs(folder, manifest, backbone.layers());
        return new ModelFolder(
                folder,
                manifest.name(),
                config,
                backbone,
                manifest.tasks(),
                manifest.groups(),
                manifest.balance(),
                manifest.maxTokens());
    }

    /**
     * Writes a folder in place of the one that is there, if any: whatever happens, either the old model is there whole
     * or the new one.
     *
     * @throws InputException if something else than a model is in its place, or the disk is full or may not be written;
     *     the old model is left whole
     */
    public static void write(Path folder, Contents contents) {
        ModelFolderWriter.write(folder, contents);
    }

    /**
     * Writes this model with further tasks. No byte is changed of what the old tasks' answers come from.
     *
     * @throws InputException as {@link #write}; or if there is such a task already
     */
    public void extend(Path target, Extension extension) {
        requireNew(extension.tasks().stream().map(Task::name).toList());
        ModelFolderWriter.extend(target, this, extension);
    }

    /** @throws InputException if there is a task of one of these names */
    public void requireNew(Collection<String> names) {
        for (Task task : tasks) {
            if (names.contains(task.name()))
                throw new InputException("the model has a task '" + task.name()
                        + "' already; give the new one another name" + ", or remove that one first");
        }
    }

    /**
     * Writes this model without some tasks. No byte is changed of what the other tasks' answers come from.
     *
     * @throws InputException as {@link #write}; or if there is no such task, no other would be left, or others read its
     *     weights
     */
    public void remove(Path target, Collection<String> names) {
        for (String name : names) task(name);
        if (tasks.stream().allMatch(task -> names.contains(task.name())))
            throw new InputException("no task would be left in the model");
        ModelFolderWriter.remove(target, this, names, ModelReport.without(report(), names));
    }

    /**
     * Checks that {@link #write} will find a place to write to, for who has long work to do before: no file and no folder
     * of something else is there, and what is above may be written to.
     *
     * @throws InputException if not
     */
    public static void requirePlace(Path folder) {
        ModelFolderWriter.requirePlace(folder);
    }

    /**
     * Compares every file with its digest.
     *
     * @throws InputException naming the first file that is missing or changed
     */
    public void verify() {
        ModelManifest manifest = manifest();
        ModelFiles.check(path, manifest);
        Map<Path, String> known = new HashMap<>();
        for (String file : manifest.files().keySet().stream().sorted().toList()) {
            Path real = ModelFiles.real(path, file);
            String digest = known.computeIfAbsent(real, Digest::sha256);
            if (!digest.equals(manifest.files().get(file).sha256())) {
                throw new InputException(path.resolve(file) + " has been changed since the model was written");
            }
        }
    }

    /**
     * The task of that name.
     *
     * @throws InputException if there is none; names the nearest
     */
    public Task task(String task) {
        for (Task each : tasks) if (each.name().equals(task)) return each;
        List<String> names = tasks.stream().map(Task::name).toList();
        throw new InputException("the model has no task '" + task + "'; "
                + (names.isEmpty() ? "it has none" : Nearest.suggest(task, names)));
    }

    /** The group of a task. */
    public SharingGroup group(Task task) {
        for (SharingGroup group : groups) if (group.tasks().contains(task.name())) return group;
        throw new IllegalArgumentException("task " + task.name() + " is in no group");
    }

    /** Texts of a group's tasks are cut to this many tokens: fewer than others where its part puts some before them. */
    public int maxTokens(SharingGroup group) {
        return Math.min(maxTokens, group.maxTokens(backbone));
    }

    /** Whether a group's tasks have weights of their own below their heads, so that hidden states depend on the task. */
    public boolean byTask(SharingGroup group) {
        return Files.isDirectory(
                path.resolve(ModelLayout.adapterFolder(group.tasks().get(0))));
    }

    /**
     * What a model of one of the tasks is written from: it answers as this one does, and has nothing that only others need.
     *
     * @param name the new model's
     * @throws InputException if there is no such task; names the nearest
     */
    public Contents alone(String task, String name) {
        Task only = task(task);
        SharingGroup.Alone alone = group(only).alone(backbone, weights(), task);
        String head = ModelLayout.HEAD_PREFIX + task + ".";
        Weights weights = alone.weights()
                .filter(weight -> !weight.startsWith(ModelLayout.HEAD_PREFIX) || weight.startsWith(head));
        ObjectNode report = report();
        if (report.get("tasks") instanceof ObjectNode measured) measured.retain(task);
        return new Contents(
                name, config, weights, tokenizer(), List.of(only), List.of(alone.group()), balance, maxTokens, report);
    }

    /**
     * All weights: the backbone's under their Hugging Face names, the sharing parts', {@code sharing.GROUP.*}, and the heads',
     * {@code heads.NAME.*}.
     */
    public Weights weights() {
        Weights all = Safetensors.read(path.resolve(ModelLayout.GRAPHS).resolve(ModelLayout.MODEL))
                .with(Safetensors.read(path.resolve(ModelLayout.HEADS)));
        for (SharingGroup group : groups) if (byTask(group)) all = all.with(group.stacked(own(group)));
        return all.with(shared());
    }

    /** What the tasks of each group share beside the backbone, {@code sharing.GROUP.shared.*}. */
    public Weights shared() {
        Weights all = Weights.empty();
        for (SharingGroup group : groups) {
            Path shared = path.resolve(ModelLayout.sharedFile(group));
            if (Files.exists(shared)) all = all.with(Safetensors.read(shared));
        }
        return all;
    }

    /** The own weights of a group's tasks, in their order, by the names that the group's part gives them. */
    List<Weights> own(SharingGroup group) {
        return group.tasks().stream().map(task -> own(group, task)).toList();
    }

    private Weights own(SharingGroup group, String task) {
        Path file = path.resolve(ModelLayout.adapterFolder(task)).resolve(ModelLayout.ADAPTER_WEIGHTS);
        return group.part().restored(backbone, Safetensors.read(file));
    }

    /** @return how a task shares, with the weights that it has its own of below its head, which may be none */
    public TrainedPart part(Task task) {
        SharingGroup group = group(task);
        return new TrainedPart(group.spec(), byTask(group) ? own(group, task.name()) : Weights.empty(), List.of());
    }

    ModelManifest manifest() {
        return ModelManifest.of(path, json(path.resolve(ModelManifest.FILE)));
    }

    /** The bytes of {@code tokenizer.json}. */
    public byte[] tokenizer() {
        return bytes(path.resolve(ModelLayout.TOKENIZER));
    }

    /** Metrics and cost, as {@code report.json} has them. */
    public ObjectNode report() {
        return json(path.resolve(ModelLayout.REPORT));
    }

    /** What was measured when it was quantised; null if it was not. */
    public Quantization quantization() {
        Path file = path.resolve(ModelLayout.QUANTIZATION);
        return Files.exists(file) ? Quantization.of(json(file)) : null;
    }

    /** The graph that gives hidden states for a group's tasks, in F32: from token ids, or from what {@link #below} gives. */
    public Path trunk(SharingGroup group) {
        return path.resolve(ModelLayout.trunkFile(group, Reading.of(backbone.layers()), backbone.layers()));
    }

    /** The graph that gives the hidden states of a route. */
    Path trunk(Routes.Route route) {
        return graph(ModelLayout.trunkFile(route.group(), route.reading(), backbone.layers()), route);
    }

    /** The graph from token ids to what a route's trunk reads, where its group's tasks part above the embeddings. */
    Path below(Routes.Route route) {
        return graph(ModelLayout.belowFile(route.group()), route);
    }

    /** Whether a route's trunk goes on from layers that texts pass once for all tasks of the group. */
    public boolean forks(Routes.Route route) {
        return ModelLayout.forks(route.group(), route.reading(), backbone.layers());
    }

    private Path graph(String file, Routes.Route route) {
        return path.resolve(route.int8() ? ModelLayout.int8(file) : file);
    }

    /** The graph from hidden states to a task's outputs. */
    public Path head(Task task) {
        return path.resolve(ModelLayout.headFile(task));
    }

    /** The graph from what a task has of a query and of passages to their scores. */
    Path comparison(Interacting task) {
        return path.resolve(ModelLayout.comparisonFile(task.name()));
    }

    private static ObjectNode json(Path file) {
        try {
            JsonNode json = JSON.readTree(bytes(file));
            if (json instanceof ObjectNode object) return object;
            throw InputException.at(file, 0, "it is not a JSON object");
        } catch (JsonProcessingException e) {
            throw new InputException(file + ": it is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
