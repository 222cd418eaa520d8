package dev.polymath.learn;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.weights.Array;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder with all that an interrupted run needs to go on as if it had not been interrupted. Each save goes to a new
 * file, and {@code checkpoint.json}, moved into place last, names it: a crash in a save leaves the one before.
 */
final class Checkpoint {
    private static final String STATE = "checkpoint.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * How far a run is.
     *
     * @param settings digest of everything that the result depends on
     * @param step steps done
     * @param bestEpoch the best epoch so far, from 1; 0 if none has been measured
     * @param bestMean its mean of primary metrics
     * @param seconds spent in steps
     * @param tokens read in steps
     */
    record State(String settings, long step, int bestEpoch, double bestMean, double seconds, long tokens) {}

    private final Path folder;

    Checkpoint(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    boolean exists() {
        return Files.isRegularFile(folder.resolve(STATE));
    }

    /** Saves values and moments, and the best weights where they are new ({@code best} not null). */
    void save(State state, Parameters parameters, Weights best) {
        try {
            Files.createDirectories(folder);
            String current = "step-" + state.step + ".safetensors";
            Safetensors.write(folder.resolve(current), arrays(parameters), Map.of());
            if (best != null) Safetensors.write(folder.resolve(best(state)), best, Map.of());
            ObjectNode json = JSON.createObjectNode();
            json.put("settings", state.settings)
                    .put("step", state.step)
                    .put("best_epoch", state.bestEpoch)
                    .put("best_mean", state.bestMean)
                    .put("seconds", state.seconds)
                    .put("tokens", state.tokens);
            Path written = folder.resolve(STATE + ".new");
            JSON.writeValue(written.toFile(), json);
            Files.move(
                    written,
                    folder.resolve(STATE),
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            removeAllBut(List.of(STATE, current, best(state)));
        } catch (IOException e) {
            throw new InputException("the checkpoint cannot be written to " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * How far the saved run is.
     *
     * @param settings what the present run's result depends on
     * @throws InputException if there is no checkpoint, or it belongs to a run with other settings or data
     */
    State state(String settings) {
        if (!exists()) throw new InputException("there is no checkpoint to resume from in " + folder);
        try {
            ObjectNode json = (ObjectNode) JSON.readTree(folder.resolve(STATE).toFile());
            State state = new State(
                    json.get("settings").asText(),
                    json.get("step").asLong(),
                    json.get("best_epoch").asInt(),
                    json.get("best_mean").asDouble(),
                    json.get("seconds").asDouble(),
                    json.get("tokens").asLong());
            if (!state.settings.equals(settings)) {
                throw new InputException("the checkpoint in " + folder
                        + " belongs to a run with other settings or data; delete it, or train without --resume");
            }
            return state;
        } catch (IOException e) {
            throw new InputException("the checkpoint in " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Puts the saved values and moments in place. */
    void restore(State state, Parameters parameters) {
        Weights saved = Safetensors.read(folder.resolve("step-" + state.step + ".safetensors"));
        int index = 0;
        for (Parameters.Group group : parameters.groups()) {
            String name = "group." + index++;
            Tensors.bytes(group.value()).put(saved.get(name + ".value").data());
            Tensors.bytes(group.mean()).put(saved.get(name + ".mean").data());
            Tensors.bytes(group.square()).put(saved.get(name + ".square").data());
        }
    }

    /** The best weights so far, or null if no epoch has been measured. */
    Weights best(Checkpoint.State state, Weights like) {
        if (state.bestEpoch == 0) return null;
        Weights saved = Safetensors.read(folder.resolve(best(state)));
        Map<String, Array> inOrder = new LinkedHashMap<>();
        for (String name : like.names()) inOrder.put(name, saved.get(name));
        return new Weights(inOrder);
    }

    void delete() {
        if (!Files.isDirectory(folder)) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String best(State state) {
        return "best-" + state.bestEpoch + ".safetensors";
    }

    private static Weights arrays(Parameters parameters) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        int index = 0;
        for (Parameters.Group group : parameters.groups()) {
            String name = "group." + index++;
            arrays.put(name + ".value", Tensors.array(group.value()));
            arrays.put(name + ".mean", Tensors.array(group.mean()));
            arrays.put(name + ".square", Tensors.array(group.square()));
        }
        return new Weights(arrays);
    }

    private void removeAllBut(List<String> names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!names.contains(file.getFileName().toString())) Files.delete(file);
            }
        }
    }
}
