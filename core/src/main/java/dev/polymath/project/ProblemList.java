package dev.polymath.project;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gathers problems: at most 20 lines of a file, each once, and how many more there are. */
final class ProblemList {
    /** One wrong habit of whoever wrote a file is in all of its rows; twenty show it. */
    private static final int SHOWN = 20;

    private final Map<Path, Set<Problem>> kept = new LinkedHashMap<>();
    private final Map<Path, Long> more = new LinkedHashMap<>();

    void add(Problem problem) {
        Set<Problem> problems = kept.computeIfAbsent(problem.file(), file -> new HashSet<>());
        if (problem.line() == 0 || problems.size() < SHOWN) problems.add(problem);
        else if (!problems.contains(problem)) more.merge(problem.file(), 1L, Long::sum);
    }

    void addAll(Collection<Problem> problems) {
        problems.forEach(this::add);
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** By file in the order of their first problems, then by line. */
    List<Problem> sorted() {
        List<Problem> all = new ArrayList<>();
        kept.forEach((file, problems) -> {
            problems.stream()
                    .sorted(Comparator.comparingLong(Problem::line).thenComparing(Problem::message))
                    .forEach(all::add);
            if (more.containsKey(file)) all.add(new Problem(file, 0, "and " + more.get(file) + " more"));
        });
        return List.copyOf(all);
    }
}
