package dev.polymath.project;

import dev.polymath.data.Example;
import java.util.List;
import java.util.Locale;

/** A part of a task's data. */
public enum Split {
    TRAIN,
    DEV,
    TEST;

    /** Its name in reports and on the command line. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The examples of this part. */
    public List<Example> of(TaskData data) {
        return switch (this) {
            case TRAIN -> data.train();
            case DEV -> data.dev();
            case TEST -> data.test();
        };
    }
}
