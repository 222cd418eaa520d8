package dev.polymath.run;

import dev.polymath.InputException;
import dev.polymath.task.Task;
import dev.polymath.weights.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of a model folder: which there must be, and whether they are as they were written. */
final class ModelFiles {
    private ModelFiles() {}

    /** Paths of all files of a model with these tasks, but for {@code polymath.json} itself. */
    static List<String> expected(List<Task> tasks) {
        List<String> files = new ArrayList<>(List.of(
                ModelFolder.CONFIG,
                ModelFolder.TOKENIZER,
                ModelFolder.MODEL,
                ModelFolder.HEADS,
                ModelFolder.REPORT,
                ModelFolder.GRAPHS + "/" + ModelFolder.MODEL,
                ModelFolder.TRUNK));
        for (Task task : tasks) files.add(ModelFolder.headFile(task.name()));
        return files;
    }

    /** Sizes and digests of the files of a folder. */
    static Map<String, ModelManifest.Entry> entries(Path folder, List<Task> tasks) throws IOException {
        Map<Path, String> digests = new HashMap<>();
        Map<String, ModelManifest.Entry> entries = new TreeMap<>();
        for (String file : expected(tasks)) {
            Path real = folder.resolve(file).toRealPath();
            entries.put(file, new ModelManifest.Entry(Files.size(real), digests.computeIfAbsent(real, Digest::sha256)));
        }
        return entries;
    }

    /** @throws InputException naming the first file that is missing, of another size, or outside of the folder */
    static void check(Path folder, ModelManifest manifest) {
        for (String file : expected(manifest.tasks())) {
            if (!manifest.files().containsKey(file)) {
                throw new InputException(folder.resolve(ModelManifest.FILE) + ": it does not list '" + file + "'");
            }
        }
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
