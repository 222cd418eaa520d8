package dev.polymath.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code polymath.json} says.
 *
 * @param name the model's name
 * @param groups its tasks by how they share the backbone
 * @param balance how their losses were weighed
 * @param maxTokens texts are cut to this many tokens
 * @param tasks in the order of the project file
 * @param files every other file of the folder, by its path in it with forward slashes
 */
record ModelManifest(
        String name,
        List<SharingGroup> groups,
        PartSpec balance,
        int maxTokens,
        List<Task> tasks,
        Map<String, Entry> files) {
    static final String FILE = "polymath.json";

    /** Raised whenever an older Polymath could no longer read a folder. */
    static final int FORMAT = 2;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param bytes size of a file
     * @param sha256 digest in lower-case hex
     */
    record Entry(long bytes, String sha256) {}

    ModelManifest {
        groups = List.copyOf(groups);
        tasks = List.copyOf(tasks);
        files = Map.copyOf(files);
    }

    ObjectNode json(String backbone) {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT).put("name", name).put("backbone", backbone);
        ArrayNode groupNodes = json.putArray("sharing");
        for (SharingGroup group : groups) {
            ObjectNode node = groupNodes.addObject().put("name", group.name());
            node.set("part", part(group.spec()));
            group.tasks().forEach(node.putArray("tasks")::add);
        }
        json.set("balance", part(balance));
        json.put("max_tokens", maxTokens);
        ObjectNode taskNodes = json.putObject("tasks");
        for (Task task : tasks) {
            ObjectNode node = taskNodes.putObject(task.name());
            node.put("type", task.type()).put("pairs", task.pairs());
            task.labels().forEach(node.putArray("labels")::add);
            node.set("state", task.state());
        }
        ObjectNode fileNodes = json.putObject("files");
        files.keySet().stream().sorted().forEach(file -> fileNodes
                .putObject(file)
                .put("bytes", files.get(file).bytes())
                .put("sha256", files.get(file).sha256()));
        return json;
    }

    /** @throws InputException if it is not what {@link #json} writes */
    static ModelManifest of(Path file, JsonNode json) {
        int format = json.path("format").asInt(0);
        if (format != FORMAT) {
            String age = format > FORMAT ? "newer" : "older";
            throw InputException.at(
                    file,
                    0,
                    format < 1
                            ? "it has no valid 'format'"
                            : "the model is of format " + format + ", which is " + age
                                    + " than this Polymath; it reads format " + FORMAT);
        }
        try {
            return new ModelManifest(
                    required(json, "name").asText(),
                    groups(required(json, "sharing")),
                    part(required(json, "balance")),
                    required(json, "max_tokens").asInt(),
                    tasks(required(json, "tasks")),
                    files(required(json, "files")));
        } catch (RuntimeException e) {
            // A kind of task that misses a key of its state says so by whatever it happens upon.
            throw new InputException(file + ": " + (e instanceof InputException ? e.getMessage() : "it is damaged"), e);
        }
    }

    private static List<Task> tasks(JsonNode json) {
        List<Task> tasks = new ArrayList<>();
        json.properties().forEach(entry -> {
            JsonNode node = entry.getValue();
            String type = required(node, "type").asText();
            tasks.add(TaskKinds.restored(type, entry.getKey(), (ObjectNode) required(node, "state")));
        });
        return tasks;
    }

    private static List<SharingGroup> groups(JsonNode json) {
        List<SharingGroup> groups = new ArrayList<>();
        for (JsonNode node : json) {
            List<String> tasks = new ArrayList<>();
            required(node, "tasks").forEach(task -> tasks.add(task.asText()));
            groups.add(new SharingGroup(required(node, "name").asText(), part(required(node, "part")), tasks));
        }
        return groups;
    }

    private static Map<String, Entry> files(JsonNode json) {
        Map<String, Entry> files = new LinkedHashMap<>();
        json.properties().forEach(entry -> {
            JsonNode node = entry.getValue();
            files.put(
                    entry.getKey(),
                    new Entry(
                            required(node, "bytes").asLong(),
                            required(node, "sha256").asText()));
        });
        return files;
    }

    static JsonNode part(PartSpec part) {
        ObjectNode json = JSON.createObjectNode().put("type", part.type());
        part.knobs().keySet().stream()
                .sorted()
                .forEach(knob -> json.set(knob, knob(part.knobs().get(knob))));
        return json;
    }

    /** A part within a part is written as the project file has it. */
    private static JsonNode knob(Object value) {
        return value instanceof PartSpec part ? part(part) : JSON.valueToTree(value);
    }

    private static PartSpec part(JsonNode json) {
        Map<String, Object> knobs = new LinkedHashMap<>();
        json.properties().forEach(entry -> {
            if (!entry.getKey().equals("type"))
                knobs.put(entry.getKey(), JSON.convertValue(entry.getValue(), Object.class));
        });
        return new PartSpec(required(json, "type").asText(), knobs);
    }

    private static JsonNode required(JsonNode json, String key) {
        JsonNode value = json.get(key);
        if (value == null || value.isNull()) throw new InputException("it lacks '" + key + "'");
        return value;
    }
}
