package dev.polymath.learn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What was measured of parts: their cost beside the plain ones, and whether their recipe's claim held. */
public final class MeasuredParts {
    private static final String RESOURCE = "measured.tsv";
    private static final int COLUMNS = 7;

    private MeasuredParts() {}

    /**
     * A line of the table; texts are empty where nothing was measured.
     *
     * @param kind the project file's key: {@code balance}
     * @param name the part's
     * @param time of training, least to most of some rounds, as a multiple of that with equal weights and hard sharing
     * @param memory at its peak, as such a multiple
     * @param recipe the recipe of its claim, by its file's name
     * @param verdict what the recipe came to
     * @param figures that the verdict rests on
     */
    public record Line(
            String kind, String name, String time, String memory, String recipe, String verdict, String figures) {}

    /** The lines, in the order of the file. */
    public static List<Line> lines() {
        try (InputStream in = MeasuredParts.class.getResourceAsStream(RESOURCE)) {
            return lines(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a text, its header left out. */
    static List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        for (String each : text.lines().skip(1).filter(line -> !line.isBlank()).toList()) {
            String[] cells = each.split("\t", -1);
            if (cells.length != COLUMNS)
                throw new IllegalStateException(RESOURCE + " has a line of other columns: " + each);
            lines.add(new Line(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]));
        }
        return lines;
    }

    /** The line of a part, or null where it was not measured. */
    public static Line of(String kind, String name) {
        return lines().stream()
                .filter(line -> line.kind.equals(kind) && line.name.equals(name))
                .findFirst()
                .orElse(null);
    }
}
