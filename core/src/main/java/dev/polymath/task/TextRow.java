package dev.polymath.task;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Row;
import dev.polymath.project.TaskSpec;
import java.util.ArrayList;
import java.util.List;

/** Reads the fields that tasks on whole texts share: {@code text}, {@code text2}, {@code label}. */
final class TextRow {
    private TextRow() {}

    /** An example of the row's text or texts with the label given. */
    static Example example(TaskSpec spec, Row row, Label label) {
        String second = spec.setting("text2") == null ? null : text(spec, row, "text2");
        return new Example(text(spec, row, "text"), second, label, row.line());
    }

    /** The label's field without spaces around it, or null where it is absent or empty. */
    static String label(TaskSpec spec, Row row) {
        String label = row.field(spec.setting("label"));
        return label == null || label.isBlank() ? null : label.strip();
    }

    /** One label, checked against those that the project file lists; null where the row has none. */
    static Label name(TaskSpec spec, Row row) {
        String label = label(spec, row);
        if (label == null) return null;
        check(spec, row, label, LabelSet.declared(spec));
        return new Label.Name(label);
    }

    /** @throws InputException if labels are declared and this is none of them */
    static void check(TaskSpec spec, Row row, String label, LabelSet declared) {
        if (declared == null || declared.has(label)) return;
        throw InputException.at(
                row.file(),
                row.line(),
                "label '" + label + "' is not among the labels of task '" + spec.name() + "'; "
                        + Nearest.suggest(label, declared.names()));
    }

    static String text(TaskSpec spec, Row row, String key) {
        String text = row.field(spec.setting(key));
        if (text == null) {
            throw InputException.at(row.file(), row.line(), "the row has no '" + spec.setting(key) + "'");
        }
        return text;
    }
    /** The texts in the fields that a setting names, those of lists one by one; fields without a text give none. */
    static List<String> texts(TaskSpec spec, Row row, String key) {
        List<String> texts = new ArrayList<>();
        for (String field : spec.texts(key)) {
            List<String> values = row.values(field);
            if (values != null) {
                texts.addAll(values);
                continue;
            }
            String text = row.field(field);
            if (text != null && !text.isBlank()) texts.add(text);
        }
        return texts;
    }
}
