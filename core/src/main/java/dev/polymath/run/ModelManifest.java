package dev.polymath.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.project.PartSpec;
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
 * @param sharing how its tasks share the backbone
 * @param balance how their losses were weighed
 * @param maxTokens texts are cut to this many tokens
 * @param tasks in the order of the project file
 * @param files every other file of the folder, by its path in it with forward slashes
 */
record ModelManifest(
        String name, PartSpec sharing, PartSpec balance, int maxTokens, List<Task> tasks, Map<String, Entry> files) {
    static final String FILE = "polymath.json";

    /** Raised whenever an older Polymath could no longer read a folder. */
    static final int FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param bytes size of a file
     * @param sha256 digest in lower-case hex
     */
    record Entry(long bytes, String sha256) {}

    ModelManifest {
        tasks = List.copyOf(tasks);
        files = Map.copyOf(files);
    }

    ObjectNode json(String backbone) {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT).put("name", name).put("backbone", backbone);
        json.set("sharing", part(sharing));
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
            throw InputException.at(
                    file,
                    0,
                    format > FORMAT
                            ? "the model is of format " + format + ", which is newer than this "
                                    + "Polymath; it reads format " + FORMAT
                            : "it has no valid 'format'");
        }
        try {
            return new ModelManifest(
                    required(json, "name").asText(),
                    part(required(json, "sharing")),
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
            tasks.add(TaskKinds.named(required(node, "type").asText())
                    .restore(entry.getKey(), (ObjectNode) required(node, "state")));
        });
        return tasks;
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

    private static JsonNode part(PartSpec part) {
        ObjectNode json = JSON.createObjectNode().put("type", part.type());
        part.knobs().keySet().stream()
                .sorted()
                .forEach(knob -> json.set(knob, JSON.valueToTree(part.knobs().get(knob))));
        return json;
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
