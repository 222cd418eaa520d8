package dev.polymath.cli;

import dev.polymath.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that a command writes: it appears, or takes the old one's place, only once it is whole. */
final class OutputFile {
    private final Path given;
    private final Path target;

    /** Writes the file's content. */
    @FunctionalInterface
    interface Content {
        void writeTo(Writer writer) throws IOException;
    }

    /** @throws InputException if no file can be written there; checked before any work is done */
    OutputFile(Path given) {
        this.given = given;
        try {
            target = Files.exists(given)
                    ? given.toRealPath()
                    : given.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw refused(e);
        }
        Path folder = target.getParent();
        if (Files.isDirectory(target)) throw InputException.at(given, 0, "is a folder; a file is to be written");
        if (!Files.exists(folder)) throw InputException.at(given, 0, "the folder " + folder + " does not exist");
        if (!Files.isDirectory(folder)) throw InputException.at(given, 0, folder + " is a file");
        if (!Files.isWritable(special() ? target : folder)) {
            throw InputException.at(given, 0, "cannot be written: permission denied");
        }
    }

    /** @throws InputException if the disk is full or cannot be written; the old file is left whole */
    void write(Content content) {
        try {
            if (special()) {
                write(target, content, StandardOpenOption.WRITE);
                return;
            }
            Path part = target.resolveSibling("." + target.getFileName() + ".writing-" + UUID.randomUUID());
            try {
                write(part, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw refused(e);
        }
    }

    /** A pipe or a device: written to in place. */
    private boolean special() {
        return Files.exists(target) && !Files.isRegularFile(target);
    }

    private static void write(Path file, Content content, StandardOpenOption... options) throws IOException {
        try (Writer writer = new BufferedWriter(
                new OutputStreamWriter(Files.newOutputStream(file, options), StandardCharsets.UTF_8))) {
            content.writeTo(writer);
        }
    }

    private InputException refused(IOException e) {
        return new InputException(given + ": cannot be written: " + FileFaults.reason(e), e);
    }
}
