package dev.polymath.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.model.Reading;
import dev.polymath.ops.ExternalWeights;
import dev.polymath.ops.OnnxOps;
import dev.polymath.project.PartSpec;
import dev.polymath.run.ModelFolder.Contents;
import dev.polymath.run.ModelFolder.Extension;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Writes the files of a model folder. */
final class ModelFolderWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What transformers wants to find in the header of a safetensors file. */
    private static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private final Backbone backbone;
    private final Path folder;

    private ModelFolderWriter(ObjectNode config, Path folder) {
        this.backbone = Backbones.of(config, 0);
        this.folder = folder;
    }

    static void write(Path target, Contents contents) {
        requirePlace(target);
        AtomicFolder.replace(target, temporary -> new ModelFolderWriter(contents.config(), temporary).write(contents));
    }

    static void extend(Path target, ModelFolder base, Extension extension) {
        requirePlace(target);
        AtomicFolder.replace(
                target, temporary -> new ModelFolderWriter(base.config(), temporary).extend(base, extension));
    }

    static void remove(Path target, ModelFolder base, Collection<String> tasks, ObjectNode report) {
        requirePlace(target);
        AtomicFolder.replace(
                target, temporary -> new ModelFolderWriter(base.config(), temporary).remove(base, tasks, report));
    }

    /** Writes a model with a part of its backbone's weights in int8 too. */
    static void quantize(Path target, ModelFolder base, Set<String> kept, Quantization quantization) {
        requirePlace(target);
        AtomicFolder.replace(target, temporary -> quantizeInto(temporary, base, kept, quantization));
    }

    /** As {@link #quantize}, into an empty folder. */
    static void quantizeInto(Path folder, ModelFolder base, Set<String> kept, Quantization quantization)
            throws IOException {
        new ModelFolderWriter(base.config(), folder).quantized(base, kept, quantization);
    }

    /** A folder of something else, say the user's home, must not be replaced by a slip of the hand. */
    static void requirePlace(Path target) {
        if (target.toAbsolutePath().normalize().getFileName() == null) {
            throw new InputException(target + " cannot be replaced by a model; choose another folder");
        }
        AtomicFolder.repair(target);
        if (Files.exists(target)) requireModelOrNothing(target);
        else if (Files.isSymbolicLink(target)) throw new InputException(target + " is a link to nothing");
        requireWritable(target);
    }

    private static void requireModelOrNothing(Path target) {
        if (!Files.isDirectory(target)) throw new InputException(target + " is a file; a model is a folder");
        if (Files.exists(target.resolve(ModelManifest.FILE))) return;
        try (Stream<Path> files = Files.list(target)) {
            if (files.findAny().isPresent()) {
                throw new InputException(target + " has files in it, but it is not a model folder; choose another one");
            }
        } catch (IOException e) {
            throw new InputException(target + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A folder is replaced by renaming, so that the one above it is written to. */
    private static void requireWritable(Path target) {
        Path above = target.toAbsolutePath().normalize().getParent();
        while (!Files.exists(above)) above = above.getParent();
        if (!Files.isDirectory(above)) {
            throw new InputException("cannot write " + target + ": " + above + " is a file");
        }
        if (!Files.isWritable(above)) {
            throw new InputException("cannot write " + target + ": the folder " + above + " may not be written to");
        }
    }

    private void write(Contents contents) throws IOException {
        Files.createDirectories(folder.resolve(ModelLayout.GRAPHS));
        Path weightsFile = folder.resolve(ModelLayout.GRAPHS).resolve(ModelLayout.MODEL);
        Weights all = floats(contents.weights());
        Weights trunk =
                all.filter(name -> !name.startsWith(ModelLayout.HEAD_PREFIX) && !name.startsWith(SharingGroup.PREFIX));
        Weights heads = all.filter(name -> name.startsWith(ModelLayout.HEAD_PREFIX));
        Safetensors.write(weightsFile, trunk, PYTORCH);
        Safetensors.write(folder.resolve(ModelLayout.HEADS), heads, PYTORCH);
        link(folder.resolve(ModelLayout.MODEL), weightsFile);
        Files.write(folder.resolve(ModelLayout.TOKENIZER), contents.tokenizer());
        write(ModelLayout.CONFIG, contents.config());
        write(ModelLayout.REPORT, contents.report());
        for (SharingGroup group : contents.groups()) {
            group(group, readings(group, contents.tasks()), trunk, all);
            for (String task : group.tasks()) adapter(group, task, group.own(all, task));
        }
        for (Task task : contents.tasks()) head(task, heads);
        manifest(
                contents.name(),
                contents.groups(),
                contents.balance(),
                contents.maxTokens(),
                contents.tasks(),
                Map.of());
    }

    /** Every file of the old model stays as it is but for the manifest, the report, and the file of all heads. */
    private void extend(ModelFolder base, Extension extension) throws IOException {
        Set<String> rewritten = Set.of(ModelLayout.HEADS, ModelLayout.REPORT);
        Map<String, ModelManifest.Entry> kept = keep(base, file -> !rewritten.contains(file));
        Weights all = floats(extension.weights());
        Weights heads = all.filter(name -> name.startsWith(ModelLayout.HEAD_PREFIX));
        Safetensors.write(
                folder.resolve(ModelLayout.HEADS),
                Safetensors.read(base.path().resolve(ModelLayout.HEADS)).with(heads),
                PYTORCH);
        write(ModelLayout.REPORT, extension.report());
        Weights trunk = Safetensors.read(folder.resolve(ModelLayout.GRAPHS).resolve(ModelLayout.MODEL));
        for (SharingGroup group : extension.groups()) {
            group(group, readings(group, extension.tasks()), trunk, all.with(base.shared()));
            for (String task : group.tasks()) adapter(group, task, group.own(all, task));
        }
        for (Task task : extension.tasks()) head(task, heads);
        List<Task> tasks = new ArrayList<>(base.tasks());
        tasks.addAll(extension.tasks());
        List<SharingGroup> groups = SharingGroup.joined(base.groups(), extension.groups());
        manifest(base.name(), groups, base.balance(), base.maxTokens(), tasks, kept);
    }

    private void remove(ModelFolder base, Collection<String> names, ObjectNode report) throws IOException {
        List<SharingGroup> groups = SharingGroup.without(base.groups(), names);
        List<String> left = groups.stream().map(SharingGroup::name).toList();
        Set<String> gone = new HashSet<>(Set.of(ModelLayout.HEADS, ModelLayout.REPORT));
        for (String name : names) {
            gone.addAll(ModelLayout.headFiles(base.task(name), backbone.layers()));
            gone.add(ModelLayout.adapterFolder(name) + "/" + ModelLayout.ADAPTER_CONFIG);
            gone.add(ModelLayout.adapterFolder(name) + "/" + ModelLayout.ADAPTER_WEIGHTS);
        }
        Set<String> read = new HashSet<>();
        for (SharingGroup group : groups) read.addAll(trunkFiles(group, base.tasks()));
        for (SharingGroup group : base.groups()) {
            for (String file : trunkFiles(group, base.tasks())) {
                if (!read.contains(file)) gone.addAll(List.of(file, ModelLayout.int8(file)));
            }
            if (!left.contains(group.name())) gone.add(ModelLayout.sharedFile(group));
        }
        Quantization quantization =
                base.quantization() == null ? null : base.quantization().without(names);
        if (quantization != null) {
            gone.add(ModelLayout.QUANTIZATION);
            if (quantization.tasks().isEmpty()) gone.addAll(quantizedFiles(base));
            else write(ModelLayout.QUANTIZATION, quantization.json());
        }
        Map<String, ModelManifest.Entry> kept = keep(base, file -> !gone.contains(file));
        Weights heads = Safetensors.read(base.path().resolve(ModelLayout.HEADS))
                .filter(weight -> names.stream().noneMatch(name -> weight.startsWith(ModelLayout.headPrefix(name))));
        Safetensors.write(folder.resolve(ModelLayout.HEADS), heads, PYTORCH);
        write(ModelLayout.REPORT, report);
        List<Task> tasks = base.tasks().stream()
                .filter(task -> !names.contains(task.name()))
                .toList();
        manifest(base.name(), groups, base.balance(), base.maxTokens(), tasks, kept);
    }

    private void quantized(ModelFolder base, Set<String> inFloats, Quantization quantization) throws IOException {
        List<String> replaced = quantizedFiles(base);
        Map<String, ModelManifest.Entry> known = keep(base, file -> !replaced.contains(file));
        Path graphs = folder.resolve(ModelLayout.GRAPHS);
        Weights all = base.weights();
        Weights int8 = Quantizer.int8(backbone, all, inFloats);
        Safetensors.write(graphs.resolve(ModelLayout.INT8), int8, PYTORCH);
        for (SharingGroup group : base.groups()) {
            List<ExternalWeights> external = external(group);
            external.add(ranges(graphs.resolve(ModelLayout.INT8)));
            Weights read = Safetensors.read(graphs.resolve(ModelLayout.MODEL))
                    .with(group.shared(all))
                    .with(int8);
            for (Reading reading : readings(group, base.tasks())) {
                for (String file : ModelLayout.trunkFiles(group, reading, backbone.layers())) {
                    Files.write(
                            folder.resolve(ModelLayout.int8(file)),
                            graph(file, group, reading, read, all).bytes(external));
                }
            }
        }
        write(ModelLayout.QUANTIZATION, quantization.json());
        manifest(base.name(), base.groups(), base.balance(), base.maxTokens(), base.tasks(), known);
    }

    /** What a model has beside the files of one that was never quantised. */
    private List<String> quantizedFiles(ModelFolder base) {
        List<String> files =
                new ArrayList<>(List.of(ModelLayout.QUANTIZATION, ModelLayout.GRAPHS + "/" + ModelLayout.INT8));
        for (SharingGroup group : base.groups()) {
            trunkFiles(group, base.tasks()).forEach(file -> files.add(ModelLayout.int8(file)));
        }
        return files;
    }

    /**
     * Files of another model that this one has too, as links to the same bytes where the file system has such: a model's
     * files are never written to again, only replaced.
     *
     * @return what its manifest says of them
     */
    private Map<String, ModelManifest.Entry> keep(ModelFolder base, Predicate<String> which) throws IOException {
        Map<String, ModelManifest.Entry> kept = new HashMap<>();
        for (Map.Entry<String, ModelManifest.Entry> each :
                base.manifest().files().entrySet()) {
            if (!which.test(each.getKey())) continue;
            kept.put(each.getKey(), each.getValue());
            if (each.getKey().equals(ModelLayout.MODEL)) continue;
            Path file = folder.resolve(each.getKey());
            Files.createDirectories(file.getParent());
            linkOrCopy(base.path().resolve(each.getKey()).toRealPath(), file);
        }
        link(
                folder.resolve(ModelLayout.MODEL),
                folder.resolve(ModelLayout.GRAPHS).resolve(ModelLayout.MODEL));
        return kept;
    }

    private static void linkOrCopy(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            Files.copy(from, to);
        }
    }

    private void manifest(
            String name,
            List<SharingGroup> groups,
            PartSpec balance,
            int maxTokens,
            List<Task> tasks,
            Map<String, ModelManifest.Entry> known)
            throws IOException {
        ModelManifest manifest =
                new ModelManifest(name, groups, balance, maxTokens, tasks, ModelFiles.entries(folder, known));
        write(ModelManifest.FILE, manifest.json(backbone.type()));
    }

    private Set<Reading> readings(SharingGroup group, List<Task> tasks) {
        return ModelLayout.readings(group, tasks, backbone.layers());
    }

    private Set<String> trunkFiles(SharingGroup group, List<Task> tasks) {
        return ModelLayout.trunkFiles(group, tasks, backbone.layers());
    }

    /** A group's trunks, and what its tasks share beside the backbone; files that are there are left as they are. */
    private void group(SharingGroup group, Set<Reading> readings, Weights trunk, Weights all) throws IOException {
        Weights shared = group.shared(all);
        Path sharedFile = folder.resolve(ModelLayout.sharedFile(group));
        if (!shared.names().isEmpty() && !Files.exists(sharedFile)) Safetensors.write(sharedFile, shared, PYTORCH);
        for (Reading reading : readings) {
            for (String file : ModelLayout.trunkFiles(group, reading, backbone.layers())) {
                if (Files.exists(folder.resolve(file))) continue;
                Files.write(
                        folder.resolve(file),
                        graph(file, group, reading, trunk.with(shared), all).bytes(external(group)));
            }
        }
    }

    /**
     * @param file one of a group's {@link ModelLayout#trunkFiles}
     * @param read weights of the graph: the backbone's, and what the group shares beside it
     */
    private OnnxOps graph(String file, SharingGroup group, Reading reading, Weights read, Weights all) {
        if (file.equals(ModelLayout.belowFile(group))) return ServingGraphs.below(backbone, group, read);
        Map<String, long[]> own = new LinkedHashMap<>();
        group.own(all, group.tasks().get(0)).asMap().forEach((name, array) -> own.put(name, array.shape()));
        return ServingGraphs.trunk(backbone, group, reading, own, read);
    }

    /** Files beside the graphs that have the weights of a group's trunk. */
    private List<ExternalWeights> external(SharingGroup group) {
        Path shared = folder.resolve(ModelLayout.sharedFile(group));
        List<ExternalWeights> external = new ArrayList<>();
        external.add(ranges(folder.resolve(ModelLayout.GRAPHS).resolve(ModelLayout.MODEL)));
        if (Files.exists(shared)) external.add(ranges(shared));
        return external;
    }

    /** A task's own weights, if it has any. */
    private void adapter(SharingGroup group, String task, Weights own) throws IOException {
        if (own.names().isEmpty()) return;
        Sharing part = group.part();
        Path adapter = folder.resolve(ModelLayout.adapterFolder(task));
        Files.createDirectories(adapter);
        Safetensors.write(adapter.resolve(ModelLayout.ADAPTER_WEIGHTS), part.stored(backbone, own), PYTORCH);
        ObjectNode config = JSON.valueToTree(new TreeMap<>(part.peftConfig(backbone)));
        // peft warns of keys that it does not know, or refuses them.
        if (config.isEmpty()) config.set("polymath", ModelManifest.part(group.spec()));
        write(ModelLayout.adapterFolder(task) + "/" + ModelLayout.ADAPTER_CONFIG, config);
    }

    private void head(Task task, Weights heads) throws IOException {
        for (Task each : task.heads(backbone.layers())) {
            Files.write(
                    folder.resolve(ModelLayout.headFile(each)),
                    ServingGraphs.head(each, backbone, heads).bytes());
        }
        if (task instanceof Interacting interacting) {
            Files.write(
                    folder.resolve(ModelLayout.comparisonFile(task.name())),
                    ServingGraphs.comparison(interacting, backbone.width(), heads)
                            .bytes());
        }
    }

    private void write(String file, ObjectNode json) throws IOException {
        Files.write(folder.resolve(file), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    static ExternalWeights ranges(Path weightsFile) {
        Map<String, ExternalWeights.Range> ranges = new LinkedHashMap<>();
        Safetensors.layout(weightsFile)
                .forEach((name, location) ->
                        ranges.put(name, new ExternalWeights.Range(location.offset(), location.length())));
        return new ExternalWeights(weightsFile.getFileName().toString(), ranges);
    }

    /** Half-precision weights as F32, in which they are served. */
    private static Weights floats(Weights weights) {
        Map<String, Array> floats = new LinkedHashMap<>();
        weights.asMap().forEach((name, array) -> {
            boolean half = array.type() == DType.F16 || array.type() == DType.BF16;
            floats.put(name, half ? Array.of(array.floats(), array.shape()) : array);
        });
        return new Weights(floats);
    }

    private static void link(Path link, Path target) throws IOException {
        try {
            Files.createSymbolicLink(link, link.getParent().relativize(target));
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            Files.copy(target, link);
        }
    }
}
