package dev.polymath.project;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A value of the project file given on the command line, {@code --set train.epochs=1}.
 *
 * @param key the way to the value, keys joined by points
 * @param value the value as YAML: {@code 1}, {@code equal}, {@code {type: lora, rank: 8}}
 */
public record Assignment(String key, String value) {
    private static final Set<String> PARTS = Set.of("sharing", "balance", "sampling");

    /** @throws InputException if the text is not {@code key=value} */
    public static Assignment parse(String argument) {
        int equals = argument.indexOf('=');
        if (equals < 1 || equals == argument.length() - 1) {
            throw new InputException("--set " + argument + ": write key=value, such as train.epochs=1");
        }
        return new Assignment(
                argument.substring(0, equals).strip(),
                argument.substring(equals + 1).strip());
    }

    @Override
    public String toString() {
        return key + "=" + value;
    }

    /** The project with this value in its place; problems go to the list. */
    Yaml.Mapping applied(Yaml.Mapping root, List<Problem> problems) {
        Place place = new Place(root.place().file(), 0, toString());
        Yaml given = YamlReader.read(place.file(), place.argument(), value, problems);
        if (given == null) return root;
        try {
            return put(root, "", key, given);
        } catch (InputException e) {
            problems.add(place.problem(e.getMessage()));
            return root;
        }
    }

    private static Yaml.Mapping put(Yaml.Mapping at, String path, String rest, Yaml given) {
        String step = step(at, path, rest);
        if (step.length() == rest.length()) return at.with(step, given);
        String below = path.isEmpty() ? step : path + "." + step;
        Yaml next = at.get(step);
        if (next == null) next = new Yaml.Mapping(given.place(), Map.of());
        if (next instanceof Yaml.Scalar name && PARTS.contains(below)) {
            next = new Yaml.Mapping(name.place(), Map.of("type", new Yaml.Entry(name.place(), name)));
        }
        if (!(next instanceof Yaml.Mapping mapping)) {
            throw new InputException("'" + below + "' is " + next.described() + " and has no keys below");
        }
        return at.with(step, put(mapping, below, rest.substring(step.length() + 1), given));
    }

    /** The first key of the rest; a task's name may hold points itself. */
    private static String step(Yaml.Mapping at, String path, String rest) {
        int point = rest.indexOf('.');
        String first = point < 0 ? rest : rest.substring(0, point);
        if (!path.equals("tasks")) return first;
        String longest = null;
        for (String name : at.keys()) {
            boolean fits = rest.equals(name) || rest.startsWith(name + ".");
            if (fits && (longest == null || name.length() > longest.length())) longest = name;
        }
        if (longest != null) return longest;
        throw new InputException("there is no task '" + first + "'" + Choices.instead(first, at.keys()));
    }
}
