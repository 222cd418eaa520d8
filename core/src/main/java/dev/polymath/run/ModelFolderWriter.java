package dev.polymath.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Backbones;
import dev.polymath.ops.ExternalWeights;
import dev.polymath.run.ModelFolder.Contents;
import dev.polymath.sharing.SharingParts;
import dev.polymath.task.Task;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Writes the files of a model folder. */
final class ModelFolderWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What transformers wants to find in the header of a safetensors file. */
    private static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private final Contents contents;
    private final Path folder;

    private ModelFolderWriter(Contents contents, Path folder) {
        this.contents = contents;
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
        Backbone backbone = Backbones.of(contents.config(), 0);
        Files.createDirectory(folder.resolve(ModelFolder.GRAPHS));
        Path weightsFile = folder.resolve(ModelFolder.GRAPHS).resolve(ModelFolder.MODEL);
        Weights trunk = floats(contents.weights().filter(name -> !name.startsWith(ModelFolder.HEAD_PREFIX)));
        Weights heads = floats(contents.weights().filter(name -> name.startsWith(ModelFolder.HEAD_PREFIX)));
        Safetensors.write(weightsFile, trunk, PYTORCH);
        Safetensors.write(folder.resolve(ModelFolder.HEADS), heads, PYTORCH);
        link(folder.resolve(ModelFolder.MODEL), weightsFile);
        Files.write(folder.resolve(ModelFolder.TOKENIZER), contents.tokenizer());
        write(ModelFolder.CONFIG, contents.config());
        write(ModelFolder.REPORT, contents.report());
        Files.write(
                folder.resolve(ModelFolder.TRUNK),
                ServingGraphs.trunk(backbone, SharingParts.of(contents.sharing()), trunk)
                        .bytes(ranges(weightsFile)));
        for (Task task : contents.tasks()) {
            Files.write(
                    folder.resolve(ModelFolder.headFile(task.name())),
                    ServingGraphs.head(task, backbone.width(), heads).bytes());
        }
        ModelManifest manifest = new ModelManifest(
                contents.name(),
                contents.sharing(),
                contents.balance(),
                contents.maxTokens(),
                contents.tasks(),
                ModelFiles.entries(folder, contents.tasks()));
        write(ModelManifest.FILE, manifest.json(backbone.type()));
    }

    private void write(String file, ObjectNode json) throws IOException {
        Files.write(folder.resolve(file), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    private static ExternalWeights ranges(Path weightsFile) {
        Map<String, ExternalWeights.Range> ranges = new LinkedHashMap<>();
        Safetensors.layout(weightsFile)
                .forEach((name, location) ->
                        ranges.put(name, new ExternalWeights.Range(location.offset(), location.length())));
        return new ExternalWeights(ModelFolder.MODEL, ranges);
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
