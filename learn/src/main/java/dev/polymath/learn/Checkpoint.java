package dev.polymath.learn;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.weights.Array;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with all that an interrupted run needs to go on as if it had not been interrupted. Each save goes to a new
 * file, and {@code checkpoint.json}, moved into place last, names it: a crash in a save leaves the one before.
 */
final class Checkpoint {
    private static final String STATE = "checkpoint.json";
    private static final String NEW = ".new";
    private static final String SUFFIX = ".safetensors";
    /** Files that a save makes, also those that one leaves which is cut short; all else in the folder is not ours. */
    private static final Pattern OWN =
            Pattern.compile("checkpoint\\.json(\\.new)?|\\.?(step|best)-\\d+-[0-9a-f]{12}\\.safetensors(\\..*\\.tmp)?");

    private static final TypeReference<List<Map<String, Double>>> SCORES = new TypeReference<>() {};
    private static final TypeReference<List<Double>> NUMBERS = new TypeReference<>() {};
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
     * @param scores after each epoch, each task's primary metric on its dev rows
     * @param balancer what the balancer has learned
     */
    record State(
            String settings,
            long step,
            int bestEpoch,
            double bestMean,
            double seconds,
            long tokens,
            List<Map<String, Double>> scores,
            List<Double> balancer) {}

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
            Safetensors.write(folder.resolve(current(state)), parameters.state(), Map.of());
            if (best != null) Safetensors.write(folder.resolve(best(state)), best, Map.of());
            ObjectNode json = JSON.createObjectNode();
            json.put("settings", state.settings)
                    .put("step", state.step)
                    .put("best_epoch", state.bestEpoch)
                    .put("best_mean", state.bestMean)
                    .put("seconds", state.seconds)
                    .put("tokens", state.tokens);
            json.set("scores", JSON.valueToTree(state.scores));
            json.set("balancer", JSON.valueToTree(state.balancer));
            replaceState(JSON.writeValueAsBytes(json));
            removeAllBut(List.of(STATE, current(state), best(state)));
        } catch (IOException | UncheckedIOException e) {
            throw new InputException("the checkpoint cannot be written to " + folder + ": " + reason(e), e);
        }
    }

    /** What the file system said, and not which of our files it said it of. */
    private static String reason(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) first = first.getCause();
        return first.getMessage();
    }

    /** Forces the file to the disk before it takes the old one's place, and then the move, before old files go. */
    private void replaceState(byte[] json) throws IOException {
        Path written = folder.resolve(STATE + NEW);
        try (FileChannel channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(json); bytes.hasRemaining(); ) channel.write(bytes);
            channel.force(true);
        }
        Files.move(written, folder.resolve(STATE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders; there the file system journals the move.
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
        State state = read();
        if (state.settings.equals(settings)) return state;
        throw new InputException("the checkpoint in " + folder
                + " belongs to a run with other settings or data; give those, or delete it to begin anew");
    }

    private State read() {
        try {
            JsonNode json = JSON.readTree(folder.resolve(STATE).toFile());
            return new State(
                    json.required("settings").textValue(),
                    json.required("step").longValue(),
                    json.required("best_epoch").intValue(),
                    json.required("best_mean").doubleValue(),
                    json.required("seconds").doubleValue(),
                    json.required("tokens").longValue(),
                    JSON.convertValue(json.required("scores"), SCORES),
                    JSON.convertValue(json.required("balancer"), NUMBERS));
        } catch (IOException | IllegalArgumentException e) {
            throw new InputException("the checkpoint in " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Puts the saved values and moments in place. */
    void restore(State state, Parameters parameters) {
        parameters.restore(Safetensors.read(folder.resolve(current(state))));
    }

    /** The best weights so far, in memory, as their file will go; null if no epoch has been measured. */
    Weights best(Checkpoint.State state, Weights like) {
        if (state.bestEpoch == 0) return null;
        Weights saved = Safetensors.read(folder.resolve(best(state)));
        Map<String, Array> inOrder = new LinkedHashMap<>();
        for (String name : like.names()) {
            Array array = saved.get(name);
            inOrder.put(name, Array.of(array.floats()).reshaped(array.shape()));
        }
        return new Weights(inOrder);
    }

    /** Removes the checkpoint's files, and the folder if nothing else is in it. */
    void delete() {
        if (!Files.isDirectory(folder)) return;
        try {
            Files.deleteIfExists(folder.resolve(STATE));
            removeAllBut(List.of());
            if (isEmpty()) Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isEmpty() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Another run's files have other names, so that one which takes the folder over leaves them whole until its first save. */
    private static String current(State state) {
        return "step-" + state.step + "-" + state.settings.substring(0, 12) + SUFFIX;
    }

    private static String best(State state) {
        return "best-" + state.bestEpoch + "-" + state.settings.substring(0, 12) + SUFFIX;
    }

    private void removeAllBut(List<String> names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (OWN.matcher(name).matches() && !names.contains(name)) Files.delete(file);
            }
        }
    }
}
