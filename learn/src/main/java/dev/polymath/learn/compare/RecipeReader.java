package dev.polymath.learn.compare;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.data.DataFiles;
import dev.polymath.project.Assignment;
import dev.polymath.project.Fields;
import dev.polymath.project.Place;
import dev.polymath.project.Problem;
import dev.polymath.project.Yaml;
import dev.polymath.project.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads recipes strictly: a key or value that it does not know is a problem with file, line and the nearest choice. */
public final class RecipeReader {
    /** The key that makes a file a recipe. */
    private static final String MARK = "claim";

    private static final Set<String> KEYS = new TreeSet<>(
            Set.of("name", "paper", MARK, "project", "set", "single", "vary", "seeds", "test_rows", "holds"));
    private static final Set<String> HOLDS_KEYS = new TreeSet<>(Set.of("variant", "over", "on", "by", "margin"));
    private static final int SEEDS = 3;

    private final Path file;
    private final List<Problem> problems = new ArrayList<>();

    private RecipeReader(Path file) {
        this.file = file;
    }

    /**
     * Whether a file is a recipe rather than a project: it has the key {@code claim}.
     *
     * @throws InputException if there is no such file
     */
    public static boolean recognises(Path file) {
        return YamlReader.read(file, null, DataFiles.text(file), new ArrayList<>()) instanceof Yaml.Mapping root
                && root.keys().contains(MARK);
    }

    /** @throws InputException with every problem, one a line */
    public static Recipe read(Path file) {
        RecipeReader reader = new RecipeReader(file);
        Recipe recipe = reader.recipe();
        if (reader.problems.isEmpty()) return recipe;
        throw new InputException(reader.problems.stream()
                .sorted(Comparator.comparingLong(Problem::line))
                .map(Problem::toString)
                .collect(Collectors.joining("\n")));
    }

    private Recipe recipe() {
        Yaml tree = YamlReader.read(file, null, DataFiles.text(file), problems);
        if (!(tree instanceof Yaml.Mapping root)) {
            if (problems.isEmpty()) problems.add(new Problem(file, 0, "a recipe has keys: " + String.join(", ", KEYS)));
            return null;
        }
        Fields fields = new Fields(root, "the recipe", KEYS, problems);
        fields.require(List.of("paper", MARK, "project", "vary", "holds"));
        String project = fields.text("project", "");
        List<Assignment> set = new ArrayList<>();
        Yaml.Mapping given = fields.mapping("set", "{train.epochs: 2}");
        if (given != null) set.addAll(settings(given));
        if (fields.has("single")) {
            set.add(new Assignment("single", String.valueOf(fields.flag("single", false))));
        }
        List<Variant> variants = variants(root.get("vary"));
        return new Recipe(
                file,
                fields.text("name", stem()),
                fields.text("paper", ""),
                fields.text(MARK, ""),
                file.toAbsolutePath().getParent().resolve(project).normalize(),
                set,
                variants,
                (int) fields.whole("seeds", SEEDS, 1, 1000),
                (int) fields.whole("test_rows", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
                holds(fields.mapping("holds", "{variant: balance=gradnorm, by: 0}"), variants));
    }

    private String stem() {
        return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }

    private static List<Assignment> settings(Yaml.Mapping mapping) {
        List<Assignment> settings = new ArrayList<>();
        mapping.entries()
                .forEach((key, entry) ->
                        settings.add(new Assignment(key, entry.value().flow())));
        return settings;
    }

    /** A mapping from keys to lists of values is a grid; a list of mappings names each variant. */
    private List<Variant> variants(Yaml vary) {
        List<Variant> variants = List.of();
        if (vary instanceof Yaml.Mapping grid) variants = grid(grid);
        else if (vary instanceof Yaml.Sequence list) variants = listed(list);
        else if (vary != null) problems.add(vary.place().problem(expected(vary)));
        if (vary != null && problems.isEmpty() && variants.size() < 2) {
            problems.add(vary.place().problem("'vary' gives one variant; a comparison needs two or more"));
        }
        return variants;
    }

    private static String expected(Yaml value) {
        return "'vary' must be a mapping from keys to lists of values, or a list of mappings from keys to values, not "
                + value.described();
    }

    private List<Variant> grid(Yaml.Mapping grid) {
        List<Variation> variations = new ArrayList<>();
        grid.entries().forEach((key, entry) -> {
            Place place = entry.place();
            if (!(entry.value() instanceof Yaml.Sequence values)) {
                problems.add(place.problem("'" + key + "' in vary must be a list of values, not "
                        + entry.value().described()));
                return;
            }
            try {
                variations.add(new Variation(
                        key, values.items().stream().map(Yaml::flow).toList()));
            } catch (InputException e) {
                problems.add(place.problem(e.getMessage()));
            }
        });
        return Grid.of(variations);
    }

    private List<Variant> listed(Yaml.Sequence list) {
        List<Variant> variants = new ArrayList<>();
        for (Yaml item : list.items()) {
            if (!(item instanceof Yaml.Mapping settings)) {
                problems.add(item.place().problem(expected(item)));
                continue;
            }
            Variant variant = Variant.of(settings(settings));
            if (variants.contains(variant)) {
                problems.add(item.place().problem("'vary' names " + variant.name() + " twice"));
            }
            variants.add(variant);
        }
        return variants;
    }

    private Criterion holds(Yaml.Mapping holds, List<Variant> variants) {
        if (holds == null || variants.isEmpty()) return null;
        Fields fields = new Fields(holds, "holds", HOLDS_KEYS, problems);
        fields.require(List.of("variant"));
        String first = variants.get(0).name();
        List<String> others = variants.stream().skip(1).map(Variant::name).toList();
        String variant = fields.text("variant", null);
        if (variant != null && !others.contains(variant)) {
            problems.add(holds.get("variant")
                    .place()
                    .problem("there is no variant '" + variant + "' beside the first"
                            + Choices.instead(variant, others)));
        }
        String over = fields.text("over", first);
        if (!over.equals(first)) {
            problems.add(holds.get("over")
                    .place()
                    .problem("'over' is '" + over + "'; variants are tested against the first, '" + first + "'"));
        }
        return new Criterion(
                variant,
                over,
                fields.text("on", null),
                fields.number("by", 0, value -> value >= -1 && value <= 1, "from -1 to 1; metrics are 0 to 1"),
                fields.number("margin", Criterion.MARGIN, value -> value >= 0 && value <= 1, "from 0 to 1"));
    }
}
