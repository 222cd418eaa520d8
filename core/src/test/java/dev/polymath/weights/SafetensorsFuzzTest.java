package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.InputException;
import dev.polymath.weights.Safetensors.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files from strangers: whatever is in them, they open with every array inside the file, or are refused. */
class SafetensorsFuzzTest {
    private static final int CASES = 5_000;
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|\\d+|[\\[\\]{}:,]");
    private static final String[] NUMBERS = {
        "-1",
        "0",
        "1",
        "2",
        "4",
        "8",
        "1e1",
        "1.0",
        "00",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "null",
        "\"1\""
    };
    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "true",
        "{}",
        "[]",
        "\"dtype\"",
        "\"shape\"",
        "\"data_offsets\"",
        "\"__metadata__\"",
        "\"F64\"",
        "\"F32\"",
        "\"I8\"",
        "\"\\ud800\"",
        "\"\"",
        " ",
        "\u0000",
        "1e999999999"
    };

    @TempDir
    Path folder;

    private final long seed = Long.getLong("polymath.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private Path file;
    private FileChannel channel;
    private int opened;

    @BeforeEach
    void printTheSeed() throws IOException {
        System.out.println("SafetensorsFuzzTest: -Dpolymath.seed=" + seed);
        file = folder.resolve("fuzz.safetensors");
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    @Test
    void randomBytesOpenOrAreRefused() throws IOException {
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            // Half of them with a believable length, or hardly any would get as far as the JSON.
            if (bytes.length > 8 && random.nextBoolean()) {
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, random.nextInt(bytes.length));
                bytes[8] = '{';
            }
            check(bytes);
        }
    }

    @Test
    void validFilesWithBytesFlippedCutOrAddedOpenOrAreRefused() throws IOException {
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = valid();
            int header = headerEnd(bytes);
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                // Mostly in the header, where it hurts; bit by bit, so that letters and digits turn into others.
                int end = random.nextInt(4) == 0 ? bytes.length : header;
                bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
            }
            if (random.nextInt(3) == 0) bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
            check(bytes);
        }
        assertThat(opened).as("opened, seed %d", seed).isBetween(CASES / 100, CASES * 9 / 10);
    }

    @Test
    void validFilesWithOtherNumbersOpenOrAreRefused() throws IOException {
        for (int i = 0; i < CASES; i++) check(withHeader(valid(), NUMBER, NUMBERS));
        assertThat(opened).as("opened, seed %d", seed).isBetween(CASES / 100, CASES * 9 / 10);
    }

    @Test
    void validFilesWithOtherTokensOpenOrAreRefused() throws IOException {
        for (int i = 0; i < CASES; i++) check(withHeader(valid(), TOKEN, TOKENS));
        assertThat(opened).as("opened, seed %d", seed).isBetween(CASES / 100, CASES * 9 / 10);
    }

    private void check(byte[] bytes) throws IOException {
        // In place: to create a file or to empty it can wait for the disk, which takes most of the test's time.
        ByteBuffer content = ByteBuffer.wrap(bytes);
        while (content.hasRemaining()) channel.write(content, content.position());
        channel.truncate(bytes.length);
        Map<String, Location> layout;
        try {
            layout = Safetensors.layout(file);
        } catch (InputException e) {
            assertThat(e.getMessage()).as("seed %d", seed).startsWith(file + ": ");
            assertThat(refused(file))
                    .as("read() refuses what layout() refuses, seed %d", seed)
                    .isTrue();
            return;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed + ", file " + Arrays.toString(bytes), e);
        }
        opened++;
        Weights weights = Safetensors.read(file);
        assertThat(weights.names()).as("seed %d", seed).isEqualTo(layout.keySet());
        long end = headerEnd(bytes);
        for (Map.Entry<String, Location> entry : layout.entrySet()) {
            Location at = entry.getValue();
            assertThat(at.offset())
                    .as("begin of %s, seed %d", entry.getKey(), seed)
                    .isEqualTo(end);
            end += at.length();
            assertThat(end).as("end of %s, seed %d", entry.getKey(), seed).isLessThanOrEqualTo(bytes.length);
            ByteBuffer there = ByteBuffer.wrap(bytes, (int) at.offset(), (int) at.length());
            assertThat(weights.get(entry.getKey()).data()).as("seed %d", seed).isEqualTo(there);
        }
        assertThat(end).as("seed %d", seed).isEqualTo(bytes.length);
    }

    private static boolean refused(Path file) {
        try {
            Safetensors.read(file);
            return false;
        } catch (InputException e) {
            return true;
        }
    }

    /** The bytes that Safetensors.write would write; it waits for the disk, which 15,000 files need not. */
    private byte[] valid() {
        Map<String, String> metadata = random.nextBoolean() ? Map.of() : Map.of("format", "pt");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuffer piece : new SafetensorsWriter(RandomWeights.of(random), metadata).pieces()) {
            byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            bytes.writeBytes(copy);
        }
        return bytes.toByteArray();
    }

    private static int headerEnd(byte[] bytes) {
        return 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** The file with up to two matches in its header replaced, and the length made to fit. */
    private byte[] withHeader(byte[] file, Pattern pattern, String[] replacements) {
        int end = headerEnd(file);
        String header = new String(file, 8, end - 8, StandardCharsets.UTF_8);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            MatchResult[] matches = pattern.matcher(header).results().toArray(MatchResult[]::new);
            if (matches.length == 0) break;
            MatchResult match = matches[random.nextInt(matches.length)];
            String replacement = replacements[random.nextInt(replacements.length)];
            header = header.substring(0, match.start()) + replacement + header.substring(match.end());
        }
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + file.length - end).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(file, end, file.length - end);
        return bytes.array();
    }
}
