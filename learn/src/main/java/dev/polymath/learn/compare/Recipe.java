package dev.polymath.learn.compare;

import dev.polymath.project.Assignment;
import java.nio.file.Path;
import java.util.List;

/**
 * A published claim, and the comparison that tries it here.
 *
 * @param file the recipe's own
 * @param name its name
 * @param paper where the claim was made
 * @param claim in one sentence, with its number
 * @param project the project file, absolute
 * @param set values that all variants have
 * @param variants the first is the plain one
 * @param seeds how many
 * @param testRows the most test rows of a task
 * @param holds what result counts as the claim holding
 */
public record Recipe(
        Path file,
        String name,
        String paper,
        String claim,
        Path project,
        List<Assignment> set,
        List<Variant> variants,
        int seeds,
        int testRows,
        Criterion holds) {
    public Recipe {
        set = List.copyOf(set);
        variants = List.copyOf(variants);
    }
}
