package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String RUN = "0123456789abcdef";
    private static final String OTHER_RUN = "fedcba9876543210";

    @TempDir
    Path temporary;

    @Test
    void whatWasSavedComesBack() {
        Checkpoint checkpoint = new Checkpoint(temporary.resolve("new/folder"));
        Checkpoint.State state = state(RUN, 7, 2, 1 / 3.0, 0.1, 1L << 40);
        Weights best = weights(9);
        try (Parameters parameters = parameters(1)) {
            fill(parameters);
            checkpoint.save(state, parameters, best);
            try (Parameters other = parameters(2)) {
                assertThat(checkpoint.state(RUN)).isEqualTo(state);
                checkpoint.restore(state, other);
                assertThat(other.state().asMap()).isEqualTo(parameters.state().asMap());
                assertThat(other.weights().asMap())
                        .isEqualTo(parameters.weights().asMap());
            }
        }
        assertThat(checkpoint.best(state, weights(0)).asMap()).isEqualTo(best.asMap());
        assertThat(checkpoint.best(state, weights(0)).names()).containsExactly("matrix", "vector", "scalar");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-Double.MAX_VALUE, 0, 0.1 + 0.2, Double.MIN_VALUE})
    void theBestMeanIsExactTheNextTime(double mean) {
        Checkpoint checkpoint = new Checkpoint(temporary);
        save(checkpoint, state(RUN, 1, 1, mean, 0, 0), weights(1));
        assertThat(checkpoint.state(RUN).bestMean()).isEqualTo(mean);
    }

    @Test
    void onlyTheLastStateAndTheBestWeightsAreKept() throws IOException {
        Checkpoint checkpoint = new Checkpoint(temporary);
        save(checkpoint, state(RUN, 1, 1, 0, 0, 0), weights(1));
        save(checkpoint, state(RUN, 2, 1, 0, 0, 0), null);
        assertThat(files())
                .hasSize(3)
                .anyMatch(name -> name.startsWith("step-2-"))
                .anyMatch(name -> name.startsWith("best-1-"));
        save(checkpoint, state(RUN, 3, 2, 0, 0, 0), weights(2));
        assertThat(files())
                .hasSize(3)
                .anyMatch(name -> name.startsWith("step-3-"))
                .anyMatch(name -> name.startsWith("best-2-"));
    }

    @Test
    void whatACrashLeavesIsClearedAndWhatIsNotOursStays() throws IOException {
        Checkpoint checkpoint = new Checkpoint(temporary);
        Files.createDirectories(temporary.resolve("notes/more"));
        Files.writeString(temporary.resolve("notes.txt"), "mine");
        Files.writeString(temporary.resolve("model.safetensors"), "mine");
        String half = ".step-5-0123456789ab.safetensors.c0ffee.tmp";
        Files.writeString(temporary.resolve(half), "half");
        Files.writeString(temporary.resolve("checkpoint.json.new"), "{");
        save(checkpoint, state(RUN, 1, 0, 0, 0, 0), null);
        assertThat(files())
                .contains("notes", "notes.txt", "model.safetensors", "checkpoint.json")
                .doesNotContain(half, "checkpoint.json.new");
        checkpoint.delete();
        assertThat(files()).containsExactlyInAnyOrder("notes", "notes.txt", "model.safetensors");
        assertThat(checkpoint.exists()).isFalse();
    }

    @Test
    void deletingTakesTheFolderAlongWhereNothingElseIsInIt() {
        Checkpoint checkpoint = new Checkpoint(temporary.resolve("checkpoint"));
        save(checkpoint, state(RUN, 1, 1, 0, 0, 0), weights(1));
        checkpoint.delete();
        assertThat(temporary.resolve("checkpoint")).doesNotExist();
        checkpoint.delete();
    }

    @Test
    void aCrashBetweenTheFilesOfASaveLeavesTheOneBefore() throws IOException {
        Checkpoint checkpoint = new Checkpoint(temporary);
        Checkpoint.State first = state(RUN, 4, 1, 0, 0, 0);
        save(checkpoint, first, weights(1));
        byte[] json = Files.readAllBytes(temporary.resolve("checkpoint.json"));
        Map<String, byte[]> before = content();
        save(checkpoint, state(RUN, 8, 2, 0, 0, 0), weights(2));
        // All files of the second save are there, but not yet the one that names them, nor are the first's gone.
        for (Map.Entry<String, byte[]> file : before.entrySet()) {
            Files.write(temporary.resolve(file.getKey()), file.getValue());
        }
        assertThat(Files.readAllBytes(temporary.resolve("checkpoint.json"))).isEqualTo(json);
        assertThat(checkpoint.state(RUN)).isEqualTo(first);
        assertThat(checkpoint.best(first, weights(0)).asMap())
                .isEqualTo(weights(1).asMap());
    }

    @Test
    void anotherRunsFirstSaveDoesNotTouchThePresentFiles() throws IOException {
        Checkpoint checkpoint = new Checkpoint(temporary);
        save(checkpoint, state(RUN, 4, 1, 0, 0, 0), weights(1));
        Map<String, byte[]> before = content();
        save(checkpoint, state(OTHER_RUN, 4, 1, 0, 0, 0), weights(2));
        assertThat(files()).filteredOn(before::containsKey).containsExactly("checkpoint.json");
    }

    @Test
    void anotherRunsCheckpointIsRefused() {
        Checkpoint checkpoint = new Checkpoint(temporary);
        save(checkpoint, state(RUN, 4, 0, 0, 0, 0), null);
        assertThatThrownBy(() -> checkpoint.state(OTHER_RUN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("other settings or data")
                .hasMessageContaining(temporary.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"settings\":\"0123456789abcdef\",\"step\":3}"})
    void aBrokenStateIsTheUsersToMend(String json) throws IOException {
        Files.writeString(temporary.resolve("checkpoint.json"), json);
        assertThatThrownBy(() -> new Checkpoint(temporary).state(RUN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void aFolderThatCannotBeWrittenIsTheUsersToMend() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThatThrownBy(() -> save(new Checkpoint(file), state(RUN, 1, 0, 0, 0, 0), null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot be written");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private Map<String, byte[]> content() throws IOException {
        Map<String, byte[]> content = new LinkedHashMap<>();
        for (String file : files()) content.put(file, Files.readAllBytes(temporary.resolve(file)));
        return content;
    }

    private static void save(Checkpoint checkpoint, Checkpoint.State state, Weights best) {
        try (Parameters parameters = parameters(state.step())) {
            checkpoint.save(state, parameters, best);
        }
    }

    private static void fill(Parameters parameters) {
        float value = 0;
        for (Parameters.Group group : parameters.groups()) {
            for (int i = 0; i < group.mean().numel(); i++) {
                Tensors.bytes(group.mean()).putFloat(4 * i, value += 0.5f);
                Tensors.bytes(group.square()).putFloat(4 * i, value += 0.25f);
            }
        }
    }

    /** Of two groups: the matrix in one, the others in another. */
    private static Parameters parameters(float value) {
        return new Parameters(weights(value), name -> new Parameters.Kind(1, name.equals("matrix"), true));
    }

    private static Weights weights(float value) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        arrays.put("matrix", Array.of(new float[] {value, 2, 3, 4, 5, 6}, 2, 3));
        arrays.put("vector", Array.of(new float[] {value, -value}));
        arrays.put("scalar", Array.scalar(-value));
        return new Weights(arrays);
    }

    private static Checkpoint.State state(
            String settings, long step, int bestEpoch, double bestMean, double seconds, long tokens) {
        List<Map<String, Double>> scores = List.of(Map.of("intent", 1 / 3.0, "stars", Double.NaN));
        return new Checkpoint.State(
                settings, step, bestEpoch, bestMean, seconds, tokens, scores, List.of(0.1, -2e-300));
    }
}
