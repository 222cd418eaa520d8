package dev.polymath.cli;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The lines of a small file of texts, such as ids or example sentences. */
final class TextLines {
    private TextLines() {}

    /**
     * The lines that are not blank, without spaces around them.
     *
     * @throws InputException if there is no such file, it is not UTF-8, or all its lines are blank
     */
    static List<String> of(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (CharacterCodingException e) {
            throw new InputException(file + ": it is not UTF-8", e);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + FileFaults.reason(e), e);
        }
        if (lines.isEmpty()) throw InputException.at(file, 0, "it has no line of text");
        return lines;
    }
}
