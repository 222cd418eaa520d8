package dev.polymath.run;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Replaces a folder as a whole. The new one is written beside the old, {@code .NAME.writing-RANDOM}, and forced to the
 * disk; then the old one is renamed to {@code .NAME.old}, the new one to {@code NAME}, and the old one deleted. Whenever
 * this is cut short, one of the two is there whole: {@link #repair} moves the old one back if only it is.
 */
final class AtomicFolder {
    /** Held locked in a temporary folder while it is being written, so that others can tell it from a stale one. */
    private static final String LOCK = ".lock";

    private static final int ATTEMPTS = 5;

    /** Writes a folder's files. */
    @FunctionalInterface
    interface Content {
        void writeInto(Path folder) throws IOException;
    }

    private AtomicFolder() {}

    /**
     * @param target the folder to make or to replace; folders above it are made
     * @throws InputException if the disk is full or may not be written; the old folder is left whole
     */
    static void replace(Path target, Content content) {
        try {
            Path folder = Files.isSymbolicLink(target)
                    ? target.toRealPath()
                    : target.toAbsolutePath().normalize();
            Files.createDirectories(folder.getParent());
            repair(folder);
            deleteStale(folder);
            Path temporary = temporary(folder);
            try {
                fill(temporary, content);
                swap(temporary, folder);
            } finally {
                delete(temporary);
            }
        } catch (IOException | UncheckedIOException e) {
            throw failure(target, e);
        }
    }

    /** A new name for a folder beside another, which the next {@link #replace} of that deletes if it is left behind. */
    static Path temporary(Path target) {
        Path folder = target.toAbsolutePath().normalize();
        return folder.resolveSibling(prefix(folder) + UUID.randomUUID());
    }

    /** If a replacement was cut short between its two renames, moves the old folder back. */
    static void repair(Path target) {
        Path folder = target.toAbsolutePath().normalize();
        Path old = old(folder);
        if (folder.getFileName() == null
                || Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
                || !Files.isDirectory(old)) {
            return;
        }
        try {
            Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(folder)) throw failure(target, e);
        }
    }

    private static void fill(Path temporary, Content content) throws IOException {
        Files.createDirectory(temporary);
        Path lockFile = temporary.resolve(LOCK);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            content.writeInto(temporary);
            force(temporary);
        }
        Files.delete(lockFile);
    }

    private static void swap(Path temporary, Path folder) throws IOException {
        Path old = old(folder);
        for (int attempt = 1; ; attempt++) {
            if (Files.exists(folder)) {
                delete(old);
                Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
                break;
            } catch (IOException e) {
                // Another process that opened the folder between the two renames has moved the old one back.
                if (attempt == ATTEMPTS || !Files.exists(folder)) {
                    repair(folder);
                    throw e;
                }
            }
        }
        forceFile(folder.getParent());
        delete(old);
    }

    private static void deleteStale(Path folder) throws IOException {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(folder.getParent())) {
            for (Path sibling : siblings) {
                String name = sibling.getFileName().toString();
                if (name.startsWith(prefix(folder)) && !beingWritten(sibling)) delete(sibling);
            }
        }
        if (Files.exists(folder)) delete(old(folder));
    }

    private static boolean beingWritten(Path temporary) {
        try (FileChannel channel = FileChannel.open(temporary.resolve(LOCK), StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock == null) return true;
            lock.release();
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void force(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) if (!Files.isSymbolicLink(path)) forceFile(path);
    }

    private static void forceFile(Path path) throws IOException {
        boolean directory = Files.isDirectory(path);
        try (FileChannel channel =
                FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders; there the file system journals the renames.
            if (!directory) throw e;
        }
    }

    /** Deletes a file, or a folder with all in it, if it is there. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
        List<Path> all;
        try (Stream<Path> walk = Files.walk(path)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) Files.deleteIfExists(each);
    }

    private static Path old(Path folder) {
        return folder.resolveSibling("." + folder.getFileName() + ".old");
    }

    private static String prefix(Path folder) {
        return "." + folder.getFileName() + ".writing-";
    }

    /** What went wrong at a folder, in words for the user. */
    static InputException failure(Path target, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left") || message.contains("not enough space")) {
                return new InputException("there is no space left on the disk of " + target, e);
            }
            if (message.contains("quota exceeded"))
                return new InputException("the disk quota is used up at " + target, e);
        }
        Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
        return new InputException("cannot write " + target + ": " + reason(cause), e);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof AccessDeniedException) return "it may not be written";
        if (cause instanceof FileAlreadyExistsException) return cause.getMessage() + " is a file";
        return cause.getMessage();
    }
}
