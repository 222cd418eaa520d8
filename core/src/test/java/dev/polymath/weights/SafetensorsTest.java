package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.weights.Safetensors.Location;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsEveryTypeAsTheReferenceWroteIt() throws IOException {
        JsonNode expected = Fixture.json("types.json");
        Weights weights = Safetensors.read(Fixture.file("types.safetensors"));
        assertThat(weights.names()).hasSize(expected.size());
        expected.properties().forEach(entry -> {
            Array array = weights.get(entry.getKey());
            JsonNode tensor = entry.getValue();
            assertThat(array.type().name()).isEqualTo(tensor.get("dtype").asText());
            assertThat(array.shape()).as(entry.getKey()).isEqualTo(longs(tensor.get("shape")));
            List<String> values = new ArrayList<>();
            tensor.get("values").forEach(value -> values.add(value.asText()));
            if (array.type().floating()) {
                assertThat(array.floats()).as(entry.getKey()).isEqualTo(floats(values));
            } else {
                assertThat(array.longs())
                        .as(entry.getKey())
                        .isEqualTo(values.stream().mapToLong(Long::parseLong).toArray());
            }
        });
        assertThat(Safetensors.metadata(Fixture.file("types.safetensors"))).isEqualTo(Map.of("format", "pt"));
    }

    @Test
    void writesTheSameBytesAsTheReferenceWhateverTheOrderOfTheNames() throws IOException {
        long seed = new Random().nextLong();
        Path reference = Fixture.file("types.safetensors");
        Weights weights = Safetensors.read(reference);
        List<String> names = new ArrayList<>(weights.names());
        Collections.shuffle(names, new Random(seed));
        Map<String, Array> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, weights.get(name)));
        Path ours = folder.resolve("ours.safetensors");
        Safetensors.write(ours, new Weights(shuffled), Map.of("format", "pt"));
        assertThat(ours).as("seed %d", seed).hasSameBinaryContentAs(reference);
    }

    @Test
    void writesTheSameBytesAsTheReferenceWithoutMetadata() {
        for (String name : List.of("casts.safetensors", "arithmetic.safetensors")) {
            Path ours = folder.resolve(name);
            Safetensors.write(ours, Safetensors.read(Fixture.file(name)), Map.of());
            assertThat(ours).hasSameBinaryContentAs(Fixture.file(name));
        }
    }

    @Test
    void givesBackRandomWeightsOfEveryTypeAsTheyWere() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path file = folder.resolve("random.safetensors");
        for (int round = 0; round < 200; round++) {
            Weights weights = RandomWeights.of(random);
            Map<String, String> metadata = random.nextBoolean() ? Map.of() : Map.of("a", "é\n", "b", "");
            Safetensors.write(file, weights, metadata);
            assertThat(Safetensors.read(file)).as("seed %d", seed).isEqualTo(weights);
            assertThat(Safetensors.metadata(file)).as("seed %d", seed).isEqualTo(metadata);
            for (long chunk : new long[] {1, 16, 100}) {
                assertThat(Safetensors.read(file, chunk))
                        .as("seed %d, mapped %d bytes at a time", seed, chunk)
                        .isEqualTo(weights);
            }
        }
    }

    @Test
    void layoutPointsAtTheBytesOfEachArray() throws IOException {
        Path file = Fixture.file("types.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Weights weights = Safetensors.read(file);
        Map<String, Location> layout = Safetensors.layout(file);
        assertThat(layout.keySet()).containsExactlyElementsOf(weights.names());
        layout.forEach((name, at) -> {
            ByteBuffer there = ByteBuffer.wrap(bytes, (int) at.offset(), (int) at.length());
            assertThat(new Array(at.type(), at.shape(), there)).isEqualTo(weights.get(name));
        });
    }

    @Test
    void arraysAreReadOnlyDirectAndAligned() throws IOException {
        Path file = Fixture.file("types.safetensors");
        Safetensors.read(file).asMap().values().forEach(array -> {
            assertThat(array.data().isReadOnly()).isTrue();
            assertThat(array.data().isDirect()).isTrue();
        });
        Safetensors.layout(file)
                .values()
                .forEach(at -> assertThat(at.offset() % at.type().bytes()).isZero());
    }

    @Test
    void weightsCanBeWrittenOverTheFileThatTheyAreMappedFrom() {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, new Weights(Map.of("a", Array.of(new float[] {1, 2, 3}))), Map.of());
        Weights before = Safetensors.read(file);
        Safetensors.write(file, before.scaled(2).with(new Weights(Map.of("b", before.get("a")))), Map.of());
        Weights after = Safetensors.read(file);
        assertThat(before.get("a").floats()).containsExactly(1, 2, 3);
        assertThat(after.get("a").floats()).containsExactly(2, 4, 6);
        assertThat(after.get("b").floats()).containsExactly(1, 2, 3);
    }

    @Test
    void writingLeavesNothingButTheFile() throws IOException {
        Safetensors.write(folder.resolve("a.safetensors"), Weights.empty(), Map.of());
        Files.createDirectories(folder.resolve("taken/by-a-folder"));
        assertThatThrownBy(() -> Safetensors.write(folder.resolve("taken"), Weights.empty(), Map.of()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("taken");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("a.safetensors", "taken");
        }
        assertThat(Safetensors.read(folder.resolve("a.safetensors"))).isEqualTo(Weights.empty());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void writtenFilesCanBeReadByWhoeverCanReadOtherNewFiles() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Weights.empty(), Map.of());
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(Files.getPosixFilePermissions(Files.createFile(folder.resolve("b"))));
    }

    @Test
    void refusesToWriteNamesThatNoReaderWouldUnderstand() {
        Path file = folder.resolve("a.safetensors");
        for (String name : List.of("__metadata__", "half \ud83d")) {
            Weights weights = new Weights(Map.of(name, Array.scalar(1)));
            assertThatThrownBy(() -> Safetensors.write(file, weights, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void readsFilesBeyondTwoGibibytes() throws IOException {
        long half = 3L << 29;
        Path file = sparse(
                "{'a':{'dtype':'U8','shape':[%1$d],'data_offsets':[0,%1$d]},".formatted(half)
                        + "'b':{'dtype':'U8','shape':[%d],'data_offsets':[%d,%d]},".formatted(half, half, 2 * half)
                        + "'c':{'dtype':'F32','shape':[1],'data_offsets':[%d,%d]}}".formatted(2 * half, 2 * half + 4),
                2 * half + 4,
                2.5f);
        Weights weights = Safetensors.read(file);
        assertThat(weights.get("c").floats()).containsExactly(2.5f);
        assertThat(weights.get("b").data().get((int) half - 1)).isZero();
        assertThat(Safetensors.layout(file).get("c").offset()).isEqualTo(Files.size(file) - 4);
    }

    @Test
    void namesTheTensorThatIsTooLargeForAnArray() throws IOException {
        long large = 1L << 31;
        Path file = sparse(
                "{'big':{'dtype':'F32','shape':[%d],'data_offsets':[0,%d]}}".formatted(large / 4, large), large, 1);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'big' has 2147483648 bytes");
        assertThat(Safetensors.layout(file).get("big").length()).isEqualTo(large);
    }

    @Test
    void saysWhatIsWrongWithAPathThatIsNoFile() {
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("none")))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("none: there is no such file");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("folder");
    }

    /** A file whose data are zeros that take no space, but for the float at its end. */
    private Path sparse(String header, long size, float last) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Path path = folder.resolve("sparse.safetensors");
        ByteBuffer ends = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        ends.putLong(json.length).putFloat(last);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(ends.array(), 0, 8);
            file.write(json);
            file.setLength(8 + json.length + size);
            file.seek(file.length() - 4);
            file.write(ends.array(), 8, 4);
        }
        return path;
    }

    private static long[] longs(JsonNode numbers) {
        long[] longs = new long[numbers.size()];
        Arrays.setAll(longs, i -> numbers.get(i).asLong());
        return longs;
    }

    private static float[] floats(List<String> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] =
                    Float.parseFloat(values.get(i).replace("inf", "Infinity").replace("nan", "NaN"));
        }
        return floats;
    }
}
