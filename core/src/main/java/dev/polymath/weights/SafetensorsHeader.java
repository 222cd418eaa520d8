package dev.polymath.weights;

import dev.polymath.InputException;
import dev.polymath.weights.Safetensors.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands before the data of a safetensors file: 8 bytes of length, little-endian, and as many bytes of JSON. Read
 * and checked as a whole, so that whoever has one can trust that every array lies inside the file and none overlaps
 * another.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param locations where the arrays are, in the order of the file
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Location> locations) {
    static final String METADATA = "__metadata__";

    /** The limit of the reference implementation. */
    static final int MAX_LENGTH = 100_000_000;

    /** "version ", little-endian: how the pointer begins that Git LFS leaves where a file was not fetched. */
    private static final long LFS_POINTER = 0x206e6f6973726576L;

    SafetensorsHeader {
        metadata = Collections.unmodifiableMap(metadata);
        locations = Collections.unmodifiableMap(locations);
    }

    /** @throws InputException if anything about the header is wrong, or does not fit the file */
    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw InputException.at(file, 0, "not a safetensors file, or truncated: it has " + size + " bytes");
        }
        long length = bytes(file, channel, 0, 8).getLong();
        if (length == LFS_POINTER) {
            throw InputException.at(file, 0, "this is a Git LFS pointer; fetch the file itself with git lfs pull");
        }
        if (length < 0 || length > MAX_LENGTH) {
            throw InputException.at(
                    file,
                    0,
                    "not a safetensors file: its header would have " + Long.toUnsignedString(length)
                            + " bytes, and at most " + MAX_LENGTH + " are allowed");
        }
        if (length > size - 8) {
            throw InputException.at(
                    file,
                    0,
                    "not a safetensors file, or truncated: its header would have " + length + " bytes, but only "
                            + (size - 8) + " follow");
        }
        ByteBuffer json = bytes(file, channel, 8, (int) length);
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        StrictJson.read(file, "the safetensors header", json, (key, value) -> {
            if (key.equals(METADATA)) metadata.putAll(value.strings(METADATA + ": "));
            else entries.add(Entry.read(key, value));
        });
        return new SafetensorsHeader(metadata, locate(file, entries, 8 + length, size - 8 - length));
    }

    /** Checks that the entries tile the data without holes. */
    private static Map<String, Location> locate(Path file, List<Entry> entries, long start, long size) {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        Map<String, Location> locations = new LinkedHashMap<>();
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.end > size) {
                throw entry.wrong(
                        file,
                        "ends at byte " + entry.end + " of the data, which has " + size
                                + " bytes: the file is truncated or its header is wrong");
            }
            if (entry.begin < expected) {
                throw entry.wrong(
                        file,
                        "begins at byte " + entry.begin + " of the data, inside the tensor before it,"
                                + " which ends at " + expected);
            }
            if (entry.begin > expected) {
                throw entry.wrong(
                        file, "begins at byte " + entry.begin + " of the data, which leaves a hole after " + expected);
            }
            expected = entry.end;
            locations.put(
                    entry.name, new Location(entry.type, entry.shape, start + entry.begin, entry.end - entry.begin));
        }
        if (expected != size) {
            throw InputException.at(
                    file,
                    0,
                    "the tensors end at byte " + expected + " of the data, which has " + size
                            + " bytes: the rest belongs to none");
        }
        return locations;
    }

    /** Reads bytes of a file that must be there. */
    private static ByteBuffer bytes(Path file, FileChannel channel, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw InputException.at(file, 0, "truncated while it was read");
            }
        }
        return bytes.flip();
    }

    /** A tensor as the header has it: offsets count from the end of the header. */
    private record Entry(String name, DType type, long[] shape, long begin, long end) {

        static Entry read(String name, StrictJson json) throws IOException {
            String tensor = "tensor " + StrictJson.quoted(name) + ": ";
            // One place for each key, since a lambda cannot set a variable.
            String[] dtype = new String[1];
            long[][] numbers = new long[2][];
            json.members(tensor, (key, value) -> {
                switch (key) {
                    case "dtype" -> dtype[0] = value.string(tensor + "dtype: ");
                    case "shape" -> numbers[0] = value.sizes(tensor + "shape: ");
                    case "data_offsets" -> numbers[1] = value.sizes(tensor + "data_offsets: ");
                    default -> value.skip(); // as the reference implementation does
                }
            });
            if (dtype[0] == null) throw json.wrong(tensor + "dtype is missing");
            if (numbers[0] == null) throw json.wrong(tensor + "shape is missing");
            if (numbers[1] == null) throw json.wrong(tensor + "data_offsets is missing");
            DType type = type(dtype[0]);
            if (type == null) {
                throw json.wrong(tensor + "the dtype " + StrictJson.quoted(dtype[0])
                        + " is not supported; supported are " + Arrays.toString(DType.values()));
            }
            return checked(name, type, numbers[0], numbers[1], json, tensor);
        }

        private static Entry checked(
                String name, DType type, long[] shape, long[] offsets, StrictJson json, String tensor) {
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw json.wrong(tensor + "data_offsets must be a begin and an end, not " + brief(offsets));
            }
            long bytes;
            try {
                bytes = Math.multiplyExact(Array.elements(shape), (long) type.bytes());
            } catch (ArithmeticException e) {
                throw json.wrong(tensor + "the shape " + brief(shape) + " has too many elements");
            }
            if (bytes != offsets[1] - offsets[0]) {
                throw json.wrong(tensor + "the shape " + brief(shape) + " of " + type + " takes " + bytes
                        + " bytes, but data_offsets " + brief(offsets) + " leave " + (offsets[1] - offsets[0]));
            }
            return new Entry(name, type, shape, offsets[0], offsets[1]);
        }

        private static DType type(String name) {
            for (DType type : DType.values()) if (type.name().equals(name)) return type;
            return null;
        }

        private static String brief(long[] numbers) {
            return numbers.length <= 8 ? Arrays.toString(numbers) : "with " + numbers.length + " numbers";
        }

        InputException wrong(Path file, String message) {
            return InputException.at(file, 0, "tensor " + StrictJson.quoted(name) + " " + message);
        }
    }
}
