package dev.polymath.learn.compare;

import dev.polymath.InputException;
import dev.polymath.project.Assignment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All combinations of variations' values. */
public final class Grid {
    private Grid() {}

    /**
     * The variants, the last variation's values changing fastest; of no variation, the project as it is.
     *
     * @throws InputException if two variations are of one key
     */
    public static List<Variant> of(List<Variation> variations) {
        Set<String> keys = new HashSet<>();
        List<List<Assignment>> all = List.of(List.of());
        for (Variation variation : variations) {
            if (!keys.add(variation.key())) {
                throw new InputException("two variations are of " + variation.key() + "; name all its values in one");
            }
            List<List<Assignment>> longer = new ArrayList<>();
            for (List<Assignment> settings : all) {
                for (String value : variation.values()) {
                    List<Assignment> more = new ArrayList<>(settings);
                    more.add(new Assignment(variation.key(), value));
                    longer.add(more);
                }
            }
            all = longer;
        }
        return all.stream().map(Variant::of).toList();
    }
}
