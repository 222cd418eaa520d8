package dev.polymath.search;

import dev.polymath.InputException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/** The folder of an index: whether there is one, what it says of itself, and whether its files are as they were written. */
final class IndexFolder {
    private static final int ATTEMPTS = 5;

    private IndexFolder() {}

    /** Work on an index whose failures are told in words. */
    @FunctionalInterface
    interface Work<T> {
        T done() throws IOException;
    }

    /** As {@link IndexDescription#of(Path)}. */
    static IndexDescription describe(Path folder) {
        if (!holdsIndex(folder)) return null;
        return attempt(folder, () -> {
            try (Directory directory = FSDirectory.open(folder)) {
                return IndexDescription.of(
                        folder, SegmentInfos.readLatestCommit(directory).getUserData());
            }
        });
    }

    /**
     * Whether there is an index; not if nothing, or an empty folder, is there.
     *
     * @throws InputException if something else is there
     */
    static boolean holdsIndex(Path folder) {
        if (!Files.exists(folder)) return false;
        if (!Files.isDirectory(folder)) throw InputException.at(folder, 0, "it is a file; an index is a folder");
        return attempt(folder, () -> {
            try (Directory directory = FSDirectory.open(folder)) {
                if (DirectoryReader.indexExists(directory)) return true;
            }
            try (Stream<Path> files = Files.list(folder)) {
                // What an index leaves that was cut short before its first commit.
                boolean empty = files.map(file -> file.getFileName().toString())
                        .allMatch(name ->
                                name.equals("write.lock") || name.matches("_\\w+\\.\\w+|pending_segments_\\w+"));
                if (empty) return false;
            }
            throw new InputException(folder + " is not empty, and has no index in it");
        });
    }

    /** @throws InputException if there is no index */
    static void requireIndex(Path folder) {
        if (holdsIndex(folder)) return;
        throw new InputException(
                "there is no index " + folder + "; 'polymath index MODEL CORPUS --out " + folder + "' makes one");
    }

    /**
     * Compares every file of the last commit with the checksum at its end.
     *
     * @param verified names of files that need not be read again, since they never change; takes up those that were read
     * @throws CorruptIndexException or another IOException if a file is missing or damaged
     */
    static void verify(Directory directory, Set<String> verified) throws IOException {
        for (int attempt = 1; ; attempt++) {
            SegmentInfos infos = SegmentInfos.readLatestCommit(directory);
            Collection<String> files = infos.files(true);
            try {
                for (String file : files) {
                    if (!verified.contains(file)) verify(directory, file);
                    verified.add(file);
                }
                verified.retainAll(files);
                return;
            } catch (NoSuchFileException | FileNotFoundException e) {
                // A writer that works at the same time deletes what its newer commit does not need.
                boolean newer = SegmentInfos.getLastCommitGeneration(directory) > infos.getGeneration();
                if (!newer || attempt == ATTEMPTS) throw e;
            }
        }
    }

    private static void verify(Directory directory, String file) throws IOException {
        try (IndexInput input = directory.openInput(file, IOContext.READONCE)) {
            CodecUtil.checksumEntireFile(input);
        }
    }

    /** @throws InputException if the index is damaged, was written by another version of Lucene, or may not be read */
    static <T> T attempt(Path folder, Work<T> work) {
        try {
            return work.done();
        } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
            throw new InputException(
                    folder + " was written by another version of Lucene; index the collection again: " + e.getMessage(),
                    e);
        } catch (CorruptIndexException | NoSuchFileException | FileNotFoundException | EOFException e) {
            throw new InputException(
                    folder + " is damaged; delete it and index the collection again: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }
}
