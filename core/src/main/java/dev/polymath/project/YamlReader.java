package dev.polymath.project;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads YAML into a tree that keeps the places of keys and values, and reports keys that stand twice. */
public final class YamlReader {
    /** Numbers such as 1e-4, which YAML 1.1 takes for text because they have no point. */
    private static final Pattern SCIENTIFIC = Pattern.compile("[-+]?[0-9]+(\\.[0-9]*)?[eE][-+]?[0-9]+");

    private static final YAMLFactory FACTORY = new YAMLFactory();

    private final Path file;
    private final String argument;
    private final YAMLParser parser;
    private final List<Problem> problems;

    private YamlReader(Path file, String argument, YAMLParser parser, List<Problem> problems) {
        this.file = file;
        this.argument = argument;
        this.parser = parser;
        this.problems = problems;
    }

    /**
     * Reads a text.
     *
     * @param file where it stands
     * @param argument the {@code --set} argument that it is the value of, or null
     * @param problems takes what is wrong
     * @return null if the text is empty or is not YAML
     */
    public static Yaml read(Path file, String argument, String text, List<Problem> problems) {
        try (YAMLParser parser = FACTORY.createParser(text)) {
            YamlReader reader = new YamlReader(file, argument, parser, problems);
            if (parser.nextToken() == null) return null;
            Yaml root = reader.value("");
            if (parser.nextToken() != null) {
                problems.add(reader.place().problem("a second YAML document begins; a project is one"));
            }
            return root;
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            problems.add(new Place(file, line, argument).problem("this is not YAML: " + reason(e)));
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parser's reason without the excerpts of the file that it adds. */
    private static String reason(JsonProcessingException e) {
        List<String> lines = e.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" "))
                .toList();
        return String.join(", ", lines);
    }

    private Place place() {
        return new Place(file, argument == null ? parser.currentTokenLocation().getLineNr() : 0, argument);
    }

    private Yaml value(String path) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) return mapping(path);
        if (token == JsonToken.START_ARRAY) return sequence(path);
        if (parser.isCurrentAlias()) {
            problems.add(place().problem("aliases (*" + parser.getText() + ") are not read; write the value out"));
        }
        String text = token == JsonToken.VALUE_NULL ? null : parser.getText();
        return new Yaml.Scalar(place(), text, scalar(token, text));
    }

    private Object scalar(JsonToken token, String text) throws IOException {
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getDoubleValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> SCIENTIFIC.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
        };
    }

    private Yaml sequence(String path) throws IOException {
        Place place = place();
        List<Yaml> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) items.add(value(path));
        return new Yaml.Sequence(place, items);
    }

    private Yaml mapping(String path) throws IOException {
        Place place = place();
        Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Place keyPlace = place();
            parser.nextToken();
            Yaml value = value(path.isEmpty() ? key : path + "." + key);
            Yaml.Entry first = entries.putIfAbsent(key, new Yaml.Entry(keyPlace, value));
            if (first != null) problems.add(keyPlace.problem(twice(path, key, first.place())));
        }
        return new Yaml.Mapping(place, entries);
    }

    private static String twice(String path, String key, Place first) {
        String what = path.equals("tasks") ? "two tasks are named '" + key + "'" : "the key '" + key + "' stands twice";
        return what + ", here and on line " + first.line();
    }
}
