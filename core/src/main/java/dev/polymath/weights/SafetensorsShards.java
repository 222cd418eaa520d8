package dev.polymath.weights;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights of a folder, in one file or in several with an index. */
final class SafetensorsShards {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private SafetensorsShards() {}

    static Weights read(Path folder) {
        if (!Files.isDirectory(folder)) throw new InputException(folder + ": there is no such folder");
        if (Files.exists(folder.resolve(SINGLE))) return Safetensors.read(folder.resolve(SINGLE));
        if (Files.exists(folder.resolve(INDEX))) return readIndexed(folder, folder.resolve(INDEX));
        String advice = Files.exists(folder.resolve("pytorch_model.bin"))
                ? "; it has pytorch_model.bin, which must be saved again as safetensors"
                : "";
        throw new InputException(folder + ": has neither " + SINGLE + " nor " + INDEX + advice);
    }

    private static Weights readIndexed(Path folder, Path index) {
        Map<Path, Weights> shards = new HashMap<>();
        Map<String, Array> arrays = new LinkedHashMap<>();
        weightMap(index).forEach((name, shard) -> {
            Path file = folder.resolve(inside(index, name, shard));
            if (!Files.isRegularFile(file)) {
                throw InputException.at(
                        index,
                        0,
                        "the shard " + StrictJson.quoted(shard) + ", which has the tensor " + StrictJson.quoted(name)
                                + ", is missing");
            }
            Weights weights = shards.computeIfAbsent(file, Safetensors::read);
            if (!weights.has(name)) {
                throw InputException.at(
                        index,
                        0,
                        "the shard " + StrictJson.quoted(shard) + " lacks the tensor " + StrictJson.quoted(name)
                                + ", which the index places there");
            }
            arrays.put(name, weights.get(name));
        });
        return new Weights(arrays);
    }

    /** A path that cannot lead out of the folder. Links are followed: caches of models consist of them. */
    private static Path inside(Path index, String name, String shard) {
        Path path;
        try {
            path = Path.of(shard).normalize();
        } catch (InvalidPathException e) {
            throw InputException.at(
                    index, 0, StrictJson.quoted(shard) + " is not a path (tensor " + StrictJson.quoted(name) + ")");
        }
        if (path.isAbsolute() || path.getRoot() != null || path.startsWith("..")) {
            throw InputException.at(
                    index,
                    0,
                    "the shard " + StrictJson.quoted(shard) + " (tensor " + StrictJson.quoted(name)
                            + ") is outside the folder");
        }
        return path;
    }

    private static Map<String, String> weightMap(Path index) {
        Map<String, String> weightMap = new LinkedHashMap<>();
        boolean[] found = new boolean[1];
        try {
            if (Files.size(index) > SafetensorsHeader.MAX_LENGTH) {
                throw InputException.at(
                        index,
                        0,
                        "an index of " + Files.size(index) + " bytes; at most " + SafetensorsHeader.MAX_LENGTH
                                + " are allowed");
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(index));
            StrictJson.read(index, "the index of shards", bytes, (key, value) -> {
                if (!key.equals("weight_map")) {
                    value.skip();
                    return;
                }
                found[0] = true;
                weightMap.putAll(value.strings("weight_map: "));
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + index, e);
        }
        if (!found[0]) throw InputException.at(index, 0, "weight_map is missing");
        return weightMap;
    }
}
