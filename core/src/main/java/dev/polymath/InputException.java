package dev.polymath;

import java.nio.file.Path;

/**
 * The user's input is at fault: a project file, a data file, a model folder or an argument. The message is written for
 * the user: it names the file, the line, the value and the nearest valid choice. The command line prints it without a
 * stack trace and exits with code 2.
 */
public class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A problem at a line (from 1) of a file; line 0 stands for the file as a whole. */
    public static InputException at(Path file, long line, String message) {
        return new InputException(file + (line > 0 ? ":" + line : "") + ": " + message);
    }
}
