package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {
    @TempDir
    Path folder;

    @Test
    void ofAFileIsWhatSha256sumPrints() throws IOException {
        // The first two are the examples of FIPS 180-4; the third is head -c 3000000 /dev/zero | tr '\0' a | sha256sum.
        Path file = folder.resolve("file");
        assertThat(Digest.sha256(Files.writeString(file, "")))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(Digest.sha256(Files.writeString(file, "abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Digest.sha256(Files.writeString(file, "a".repeat(3_000_000))))
                .isEqualTo("2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4");
        assertThatThrownBy(() -> Digest.sha256(folder.resolve("none")))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("none: there is no such file");
    }

    @Test
    void ofWeightsIsThatOfTheFileThatTheReferenceWrites() {
        Path file = Fixture.file("arithmetic.safetensors");
        assertThat(Digest.sha256(Safetensors.read(file)))
                .isEqualTo(Digest.sha256(file))
                .isEqualTo("84cc9a3893cc39b550f06926249d823be7c4ba1149c27f35ecd5f1a82bb4dff7");
    }

    @Test
    void ofWeightsDependsOnContentAndNotOnOrder() {
        Array x = Array.of(new float[] {1, 2});
        Map<String, Array> ab = new LinkedHashMap<>();
        ab.put("a", x);
        ab.put("b", x.scaled(2));
        Map<String, Array> ba = new LinkedHashMap<>();
        ba.put("b", x.scaled(2));
        ba.put("a", x);
        String digest = Digest.sha256(new Weights(ab));
        assertThat(Digest.sha256(new Weights(ba))).isEqualTo(digest);
        assertThat(Digest.sha256(new Weights(Map.of("a", x, "c", x.scaled(2))))).isNotEqualTo(digest);
        assertThat(Digest.sha256(new Weights(Map.of("a", x, "b", x)))).isNotEqualTo(digest);
    }

    @Test
    void ofAnArrayDependsOnTypeShapeAndBytes() {
        Array x = Array.of(new float[] {0, 0});
        String digest = Digest.sha256(x);
        // (printf 'F32[2]'; head -c 8 /dev/zero) | sha256sum
        assertThat(digest).isEqualTo("184584729491000fa068fef4531a8ac63bc89bfdab0ccbf209ecc66e3728c605");
        assertThat(Digest.sha256(Array.zeros(2))).isEqualTo(digest);
        assertThat(Digest.sha256(x.reshaped(2, 1))).isNotEqualTo(digest);
        assertThat(Digest.sha256(Array.of(new long[] {0}))).isNotEqualTo(digest);
        assertThat(Digest.sha256(Array.of(new float[] {0, 1}))).isNotEqualTo(digest);
    }
}
