package dev.polymath.learn.habit;

import dev.polymath.project.Catalogue;
import dev.polymath.project.PartSpec;
import java.util.List;

/** The habits there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Habits {
    public static final Catalogue<Habit.Kind> CATALOGUE = new Catalogue<>("habits");

    private Habits() {}

    /** @throws dev.polymath.InputException if there is no such habit, or a knob is unknown or out of range */
    public static List<Habit.Kind> of(List<PartSpec> specs) {
        return specs.stream().map(CATALOGUE::make).toList();
    }
}
