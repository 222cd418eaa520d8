package dev.polymath.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What a file system refused, in words for who asked for it. */
final class FileFaults {
    private static final String FULL = "there is no space left on the disk";

    private FileFaults() {}

    /** What went wrong with a file, with its path where that is known; null if the failure is of another kind. */
    static String described(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileSystemException refusal && refusal.getFile() != null) {
                return refusal.getFile() + ": " + reason(refusal);
            }
            if (cause instanceof IOException io && full(io)) return FULL;
        }
        return null;
    }

    /** Why, without the path. */
    static String reason(IOException failure) {
        if (full(failure)) return FULL;
        if (failure instanceof AccessDeniedException) return "permission denied";
        if (failure instanceof NoSuchFileException) return "there is no such file or folder";
        if (failure instanceof FileAlreadyExistsException) return "it is there already and is not a folder";
        if (failure instanceof NotDirectoryException) return "it is not a folder";
        if (failure instanceof FileSystemException refusal && refusal.getReason() != null) return refusal.getReason();
        return String.valueOf(failure.getMessage());
    }

    private static boolean full(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("No space left") || message.contains("not enough space");
    }
}
