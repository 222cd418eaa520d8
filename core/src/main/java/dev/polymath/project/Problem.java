package dev.polymath.project;

import dev.polymath.InputException;
import java.nio.file.Path;

/**
 * Something wrong in what the user gave.
 *
 * @param file the project file or data file, or null for an argument of the command line
 * @param line the line, from 1; 0 for the file as a whole
 * @param message what is wrong, with the value and the nearest valid choice
 */
public record Problem(Path file, long line, String message) {

    /** The problem that an exception tells of; the file and line that its message begins with, else those given. */
    static Problem of(InputException e, Path file, long line) {
        String message = e.getMessage();
        String prefix = file + ":";
        if (file == null || !message.startsWith(prefix)) return new Problem(file, line, message);
        int digits = prefix.length();
        int end = digits;
        while (end < message.length() && Character.isDigit(message.charAt(end))) end++;
        if (end == digits) return new Problem(file, 0, message.substring(end).strip());
        if (end == message.length() || message.charAt(end) != ':') return new Problem(file, line, message);
        return new Problem(
                file,
                Long.parseLong(message.substring(digits, end)),
                message.substring(end + 1).strip());
    }

    /** {@code file:line: message}, as compilers write it. */
    @Override
    public String toString() {
        return file == null ? message : InputException.at(file, line, message).getMessage();
    }
}
