package dev.polymath.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.ops.ExternalWeights;
import dev.polymath.run.ModelFolder.Contents;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes the files of a model folder. */
final class ModelFolderWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What transformers wants to find in the header of a safetensors file. */
    private static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private final Contents contents;
    private final Backbone backbone;
    private final Path folder;

    private ModelFolderWriter(Contents contents, Path folder) {
        this.contents = contents;
        this.backbone = Backbones.of(contents.config(), 0);
        this.folder = folder;
    }

    static void write(Path target, Contents contents) {
        requirePlace(target);
        AtomicFolder.replace(target, temporary -> new ModelFolderWriter(contents, temporary).write());
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

    private void write() throws IOException {
        Files.createDirectories(folder.resolve(ModelFolder.GRAPHS));
        Path weightsFile = folder.resolve(ModelFolder.GRAPHS).resolve(ModelFolder.MODEL);
        Weights all = floats(contents.weights());
        Weights trunk =
                all.filter(name -> !name.startsWith(ModelFolder.HEAD_PREFIX) && !name.startsWith(SharingGroup.PREFIX));
        Weights heads = all.filter(name -> name.startsWith(ModelFolder.HEAD_PREFIX));
        Safetensors.write(weightsFile, trunk, PYTORCH);
        Safetensors.write(folder.resolve(ModelFolder.HEADS), heads, PYTORCH);
        link(folder.resolve(ModelFolder.MODEL), weightsFile);
        Files.write(folder.resolve(ModelFolder.TOKENIZER), contents.tokenizer());
        write(ModelFolder.CONFIG, contents.config());
        write(ModelFolder.REPORT, contents.report());
        for (SharingGroup group : contents.groups()) {
            group(group, trunk, all);
            for (String task : group.tasks()) adapter(group, task, group.own(all, task));
        }
        for (Task task : contents.tasks()) head(task, heads);
        ModelManifest manifest = new ModelManifest(
                contents.name(),
                contents.groups(),
                contents.balance(),
                contents.maxTokens(),
                contents.tasks(),
                ModelFiles.entries(folder, Map.of()));
        write(ModelManifest.FILE, manifest.json(backbone.type()));
    }

    /** A group's trunk, and what its tasks share beside the backbone. */
    private void group(SharingGroup group, Weights trunk, Weights all) throws IOException {
        Weights shared = group.shared(all);
        Path graphs = folder.resolve(ModelFolder.GRAPHS);
        List<ExternalWeights> external = new ArrayList<>(List.of(ranges(graphs.resolve(ModelFolder.MODEL))));
        if (!shared.names().isEmpty()) {
            Path file = folder.resolve(ModelFolder.sharedFile(group));
            Safetensors.write(file, shared, PYTORCH);
            external.add(ranges(file));
        }
        Map<String, long[]> own = new LinkedHashMap<>();
        group.own(all, group.tasks().get(0)).asMap().forEach((name, array) -> own.put(name, array.shape()));
        Files.write(
                folder.resolve(ModelFolder.trunkFile(group)),
                ServingGraphs.trunk(backbone, group, own, trunk.with(shared)).bytes(external));
    }

    /** A task's own weights, if it has any. */
    private void adapter(SharingGroup group, String task, Weights own) throws IOException {
        if (own.names().isEmpty()) return;
        Sharing part = group.part();
        Path adapter = folder.resolve(ModelFolder.adapterFolder(task));
        Files.createDirectories(adapter);
        Safetensors.write(adapter.resolve(ModelFolder.ADAPTER_WEIGHTS), part.stored(backbone, own), PYTORCH);
        ObjectNode config = JSON.valueToTree(new TreeMap<>(part.peftConfig(backbone)));
        // peft warns of keys that it does not know, or refuses them.
        if (config.isEmpty()) config.set("polymath", ModelManifest.part(group.spec()));
        write(ModelFolder.adapterFolder(task) + "/" + ModelFolder.ADAPTER_CONFIG, config);
    }

    private void head(Task task, Weights heads) throws IOException {
        Files.write(
                folder.resolve(ModelFolder.headFile(task.name())),
                ServingGraphs.head(task, backbone.width(), heads).bytes());
    }

    private void write(String file, ObjectNode json) throws IOException {
        Files.write(folder.resolve(file), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    private static ExternalWeights ranges(Path weightsFile) {
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
