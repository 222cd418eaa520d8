package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a model folder: which there must be, and whether they are as they were written. */
final class ModelFiles {
    /** Paths of all files that a model has at least, but for {@code polymath.json} itself and graphs. */
    private static final List<String> EXPECTED = List.of(
            ModelLayout.CONFIG,
            ModelLayout.TOKENIZER,
            ModelLayout.MODEL,
            ModelLayout.HEADS,
            ModelLayout.REPORT,
            ModelLayout.GRAPHS + "/" + ModelLayout.MODEL);

    private ModelFiles() {}

    /**
     * Sizes and digests of all files of a folder.
     *
     * @param known of files that need not be read again
     */
    static Map<String, ModelManifest.Entry> entries(Path folder, Map<String, ModelManifest.Entry> known)
            throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.filter(path -> Files.isRegularFile(path)).toList();
        }
        Map<Path, String> digests = new HashMap<>();
        Map<String, ModelManifest.Entry> entries = new TreeMap<>();
        for (Path path : paths) {
            String file = folder.relativize(path).toString().replace('\\', '/');
            if (file.equals(ModelManifest.FILE) || path.getFileName().toString().startsWith(".")) continue;
            Path real = path.toRealPath();
            ModelManifest.Entry entry = known.get(file);
            if (entry == null) {
                String digest = digests.computeIfAbsent(real, Digest::sha256);
                entry = new ModelManifest.Entry(Files.size(real), digest);
            }
            entries.put(file, entry);
        }
        return entries;
    }

    /** @throws InputException naming the first file that is missing, of another size, or outside of the folder */
    static void check(Path folder, ModelManifest manifest) {
        requireListed(folder, manifest, EXPECTED);
        manifest.files().forEach((file, entry) -> {
            try {
                long bytes = Files.size(real(folder, file));
                if (bytes != entry.bytes()) {
                    throw new InputException(
                            folder.resolve(file) + " has been changed since the model was written: it has " + bytes
                                    + " bytes instead of " + entry.bytes());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + folder.resolve(file), e);
            }
        });
    }

    /** @throws InputException naming the first graph of its tasks that it does not list */
    static void checkGraphs(Path folder, ModelManifest manifest, int layers) {
        for (Task task : manifest.tasks()) requireListed(folder, manifest, ModelLayout.headFiles(task, layers));
        for (SharingGroup group : manifest.groups()) {
            requireListed(folder, manifest, ModelLayout.trunkFiles(group, manifest.tasks(), layers));
        }
    }

    private static void requireListed(Path folder, ModelManifest manifest, Collection<String> files) {
        for (String file : files) {
            if (manifest.files().containsKey(file)) continue;
            throw new InputException(folder.resolve(ModelManifest.FILE) + ": it does not list '" + file + "'");
        }
    }

    /**
     * Where a file of the folder really lies.
     *
     * @throws InputException if it is missing, or lies outside of the folder
     */
    static Path real(Path folder, String file) {
        try {
            Path inside = folder.toRealPath();
            Path path = folder.resolve(file);
            if (!path.normalize().startsWith(folder.normalize())
                    || Path.of(file).isAbsolute()) throw outside(folder, file);
            if (!Files.isRegularFile(path)) throw new InputException(path + " is missing from the model");
            Path real = path.toRealPath();
            if (!real.startsWith(inside)) throw outside(folder, file);
            return real;
        } catch (InvalidPathException e) {
            throw outside(folder, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.resolve(file), e);
        }
    }

    private static InputException outside(Path folder, String file) {
        return InputException.at(
                folder.resolve(ModelManifest.FILE), 0, "'" + file + "' lies outside of the model folder");
    }
}
