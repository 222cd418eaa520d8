package dev.polymath.learn.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.run.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A folder of runs' results by the digest of everything that they depend on; comparisons share it. */
public final class RunStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /** @throws InputException if the folder cannot be made or written */
    public RunStore(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(this.folder);
        } catch (IOException e) {
            throw new InputException("runs cannot be kept in " + folder + ": " + e.getMessage(), e);
        }
        if (!Files.isWritable(this.folder)) {
            throw new InputException("runs cannot be kept in " + folder + ": permission denied");
        }
    }

    /** {@code $XDG_CACHE_HOME/polymath/runs}, or {@code ~/.cache/polymath/runs}. */
    public static Path standard() {
        return UserCache.folder().resolve("runs");
    }

    /** The result kept under a key, or null; one that cannot be read is as good as none. */
    RunResult find(String key) {
        Path file = file(key);
        if (!Files.isRegularFile(file)) return null;
        try {
            RunResult result = JSON.readValue(file.toFile(), RunResult.class);
            return result == null || result.tasks() == null ? null : result;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Keeps a result; it is there whole or not at all.
     *
     * @throws InputException if it cannot be written
     */
    void save(String key, RunResult result) {
        Path written = folder.resolve("." + key + ".writing-" + UUID.randomUUID());
        try {
            try {
                Files.write(written, JSON.writeValueAsBytes(result));
                Files.move(written, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw new InputException("the run's result cannot be kept in " + folder + ": " + e.getMessage(), e);
        }
    }

    private Path file(String key) {
        return folder.resolve(key + ".json");
    }
}
