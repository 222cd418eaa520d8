package dev.polymath.project;

import dev.polymath.data.Row;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds the tags {@code I-X} of a file that follow neither {@code B-X} nor {@code I-X}. They are read as {@code B-X},
 * which is right for files in IOB1 and hides a slip in files in BIO.
 */
final class LooseTags {
    private final Path file;
    private long line;
    private String tag;
    private long count;
    private boolean bio = true;

    LooseTags(Path file) {
        this.file = file;
    }

    void look(Row sentence, TaskSpec spec) {
        List<String> tags = sentence.column((int) Double.parseDouble(spec.setting("label")));
        String before = "O";
        for (int i = 0; i < tags.size(); i++) {
            String now = tags.get(i);
            boolean inside = now.startsWith("I-");
            bio &= inside || now.startsWith("B-") || now.equals("O");
            if (inside && !(before.length() > 2 && before.substring(2).equals(now.substring(2)))) {
                if (count++ == 0) {
                    line = sentence.tokenLine(i);
                    tag = now;
                }
            }
            before = now;
        }
    }

    void warn(ProblemList warnings) {
        if (!bio || count == 0) return;
        String kind = tag.substring(2);
        String more = count == 1 ? "" : "; so are " + (count - 1) + " more such tags of the file";
        warnings.add(new Problem(
                file,
                line,
                "'" + tag + "' follows neither 'B-" + kind + "' nor '" + tag + "' and is read as 'B-" + kind + "'"
                        + more));
    }
}
