package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsHeaderTest {
    @TempDir
    Path folder;

    /** Headers in front of 8 bytes of data, and what the message must say; ` stands for the quotes of JSON. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                                         | does not begin with {",
                "[]                                                       | does not begin with {",
                "{                                                        | is not valid JSON",
                "{`a`:{`dtype`:`F32`,}}                                   | is not valid JSON at character 20",
                "{} x                                                     | is not valid JSON",
                "{} {}                                                    | there is more after its closing }",
                "{}                                   | the tensors end at byte 0 of the data, which has 8 bytes",
                "{`a`:1}                              | tensor 'a': expected an object, found 1",
                "{`a`:{}}                             | tensor 'a': dtype is missing",
                "{`a`:{`dtype`:`F32`}}                | tensor 'a': shape is missing",
                "{`a`:{`dtype`:`F32`,`shape`:[2]}}    | tensor 'a': data_offsets is missing",
                "{`a`:{`dtype`:32}}                   | tensor 'a': dtype: expected a string, found 32",
                "{`a`:{`dtype`:`F32`,`dtype`:`F16`}}  | tensor 'a': the key 'dtype' is there twice",
                "{`a`:{`shape`:2}}                    | tensor 'a': shape: expected an array of numbers, found 2",
                "{`a`:{`shape`:[`2`]}}                | tensor 'a': shape: expected a whole number, found '2'",
                "{`a`:{`shape`:[2.0]}}                | tensor 'a': shape: expected a whole number, found 2.0",
                "{`a`:{`shape`:[[2]]}}                | tensor 'a': shape: expected a whole number, found an array",
                "{`a`:{`shape`:[-2]}}                 | tensor 'a': shape: -2 is negative",
                "{`a`:{`shape`:[9223372036854775808]}}| tensor 'a': shape: 9223372036854775808 is too large",
                "{`__metadata__`:{`format`:1}}        | __metadata__: 'format': expected a string, found 1",
                "{`__metadata__`:null}                | __metadata__: expected an object, found null",
                "{`__metadata__`:{},`__metadata__`:{}}| the key '__metadata__' is there twice",
                "{`__metadata__`:{`a`:`1`,`a`:`2`}}   | __metadata__: the key 'a' is there twice",
                "{`\\ud83d`:{}}                       | has half a surrogate pair",
                "{`__metadata__`:{`a`:`\\ud83d`}}     | __metadata__: 'a': '?' has half a surrogate pair",
            })
    void saysWhatIsWrongWithTheJson(String header, String message) throws IOException {
        assertRefused(header == null ? "" : header, message);
    }

    /** Type, shape and offsets of a tensor named a in front of 8 bytes of data. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "F64     | 1                   | 0,8  | tensor 'a': the dtype 'F64' is not supported; supported are [F32",
                "F8_E4M3 | 8                   | 0,8  | tensor 'a': the dtype 'F8_E4M3' is not supported",
                "f32     | 2                   | 0,8  | tensor 'a': the dtype 'f32' is not supported",
                "F32     | 3                   | 0,8  | tensor 'a': the shape [3] of F32 takes 12 bytes",
                "F32     | 1                   | 0,8  | tensor 'a': the shape [1] of F32 takes 4 bytes",
                "F32     | 4611686018427387904 | 0,8  | tensor 'a': the shape [4611686018427387904] has too many",
                "U8      | 4294967296,4294967296 | 0,8 | tensor 'a': the shape [4294967296, 4294967296] has too many",
                "F32     | 2                   | 8    | tensor 'a': data_offsets must be a begin and an end",
                "F32     | 2                   | 0,4,8| tensor 'a': data_offsets must be a begin and an end",
                "F32     | 2                   | 8,0  | tensor 'a': data_offsets must be a begin and an end",
                "F32     | 3                   | 0,12 | tensor 'a' ends at byte 12 of the data, which has 8 bytes",
                "F32     | 1                   | 0,4  | the tensors end at byte 4 of the data, which has 8 bytes",
                "F32     | 1                   | 4,8  | tensor 'a' begins at byte 4 of the data, which leaves a hole",
                "F32     | 2                   | 9223372036854775799,9223372036854775807 | tensor 'a' ends at byte",
            })
    void saysWhatIsWrongWithATensor(String type, String shape, String offsets, String message) throws IOException {
        assertRefused("{" + tensor("a", type, shape, offsets) + "}", message);
    }

    @Test
    void saysWhichTensorOverlapsAndWhichLeavesAHole() throws IOException {
        assertRefused(
                "{" + tensor("a", "U8", "5", "0,5") + "," + tensor("b", "U8", "4", "4,8") + "}",
                "tensor 'b' begins at byte 4 of the data, inside the tensor before it, which ends at 5");
        assertRefused(
                "{" + tensor("a", "U8", "5", "0,5") + "," + tensor("b", "U8", "2", "6,8") + "}",
                "tensor 'b' begins at byte 6 of the data, which leaves a hole after 5");
        assertRefused(
                "{" + tensor("a", "U8", "8", "0,8") + "," + tensor("a", "U8", "8", "0,8") + "}",
                "the key 'a' is there twice");
    }

    @Test
    void acceptsWhatTheReferenceAccepts() throws IOException {
        String b = tensor("b", "U8", "3", "5,8");
        String empty = tensor("e", "F32", "0,7", "5,5");
        String unknownKey = "`a`:{`more`:{`x`:[1]},`data_offsets`:[0,5],`shape`:[5],`dtype`:`U8`}";
        Weights weights = Safetensors.read(write("{" + b + "," + empty + "," + unknownKey + "} \n  "));
        assertThat(weights.names()).containsExactly("a", "e", "b");
        assertThat(weights.get("b").longs()).containsExactly(5, 6, 7);
        assertThat(weights.get("e").shape()).containsExactly(0, 7);
    }

    @Test
    void saysThatAFileIsTruncatedWhereverItIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(write("{" + tensor("a", "F32", "2", "0,8") + "}"));
        Path file = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.read(file))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("cut.safetensors")
                    .hasMessageContaining("truncated");
        }
    }

    @Test
    void refusesHeadersOfImpossibleLengthBeforeMakingRoomForThem() throws IOException {
        assertRefused(bytes(99_999_999, "{}"), "its header would have 99999999 bytes, but only 10 follow");
        assertRefused(bytes(100_000_001, "{}"), "its header would have 100000001 bytes, and at most 100000000");
        assertRefused(bytes(-1, "{}"), "its header would have 18446744073709551615 bytes");
        assertRefused(
                "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8), "Git LFS pointer");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        byte[] file = bytes(2, "{}");
        file[9] = (byte) 0xc0;
        assertRefused(file, "is not valid UTF-8");
        assertRefused("\ufeff{}", "does not begin with {");
    }

    @Test
    void messagesShowNoControlCharactersAndStayShort() throws IOException {
        assertRefused("{`\\u001b[31m" + "x".repeat(1000) + "`:1}", "tensor '?[31m" + "x".repeat(115) + "...'");
        assertRefused("[".repeat(5000), "does not begin with {");
        assertRefused("{`a`:{`b`:" + "[".repeat(5000), "is not valid JSON");
    }

    private static String tensor(String name, String type, String shape, String offsets) {
        return "`%s`:{`dtype`:`%s`,`shape`:[%s],`data_offsets`:[%s]}".formatted(name, type, shape, offsets);
    }

    private void assertRefused(String header, String message) throws IOException {
        Path file = write(header);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("bad.safetensors: ")
                .hasMessageContaining(message);
    }

    private void assertRefused(byte[] content, String message) throws IOException {
        Path file = folder.resolve("bad.safetensors");
        Files.write(file, content);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("bad.safetensors: ")
                .hasMessageContaining(message);
    }

    private Path write(String header) throws IOException {
        String json = header.replace('`', '"');
        Path file = folder.resolve("bad.safetensors");
        Files.write(file, bytes(json.getBytes(StandardCharsets.UTF_8).length, json));
        return file;
    }

    /** A length, a header and the 8 bytes 0 to 7. */
    private static byte[] bytes(long length, String header) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json).put(new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
        return bytes.array();
    }
}
