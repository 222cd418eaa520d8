package dev.polymath.weights;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads and writes safetensors files: a header of JSON (names, types, shapes, offsets) and then the arrays, little-endian
 * and without gaps. Reading checks everything that the format demands before the first array is touched.
 *
 * <p>Source: <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>, whose Python library opens
 * what is written here, and the other way round.
 */
public final class Safetensors {
    /** How much is mapped at once; a larger tensor has a mapping of its own. */
    private static final long CHUNK = 1L << 30;

    private Safetensors() {}

    /**
     * Where an array lies in its file.
     *
     * @param offset bytes from the beginning of the file
     * @param length bytes
     */
    public record Location(DType type, long[] shape, long offset, long length) {
        /** @throws IllegalArgumentException if the length is not what the shape takes, or the offset is negative */
        public Location {
            shape = shape.clone();
            if (offset < 0 || Math.multiplyExact(Array.elements(shape), (long) type.bytes()) != length) {
                throw new IllegalArgumentException(
                        type + Arrays.toString(shape) + " cannot be " + length + " bytes at " + offset);
            }
        }

        @Override
        public long[] shape() {
            return shape.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Location that
                    && type == that.type
                    && Arrays.equals(shape, that.shape)
                    && offset == that.offset
                    && length == that.length;
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(shape) + Long.hashCode(offset);
        }

        @Override
        public String toString() {
            return type + Arrays.toString(shape) + " at " + offset;
        }
    }

    /**
     * Opens a file. The arrays are mapped, not read: memory is taken as they are used, and the mapping goes when the last
     * of them does. The file may be replaced meanwhile (as {@link #write} does it), but not changed in place.
     *
     * @throws InputException if there is no such file, it breaks the format, has a type that {@link DType} lacks, or an
     *     array over 2 GiB
     */
    public static Weights read(Path file) {
        return read(file, CHUNK);
    }

    static Weights read(Path file, long chunk) {
        return opened(file, channel -> map(file, channel, chunk));
    }

    /**
     * Opens the weights of a folder in Hugging Face layout: {@code model.safetensors}, or else the shards that
     * {@code model.safetensors.index.json} names.
     *
     * @throws InputException if there is neither, the index is wrong or names a file outside the folder, a shard is
     *     missing or lacks a tensor that the index promises, or {@link #read} of a file fails
     */
    public static Weights readFolder(Path folder) {
        return SafetensorsShards.read(folder);
    }

    /**
     * Writes a file byte for byte as the reference implementation does (metadata sorted by key; the reference keeps no
     * order). A crash leaves the old file whole.
     *
     * @param metadata strings about the file, such as {@code format -> pt}; may be empty
     * @throws IllegalArgumentException if a tensor is named {@code __metadata__}, or a string is not valid Unicode
     * @throws UncheckedIOException if the disk does not take it
     */
    public static void write(Path file, Weights weights, Map<String, String> metadata) {
        SafetensorsWriter writer = new SafetensorsWriter(weights, metadata);
        try {
            writer.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /**
     * Where each array lies, in the order of the file, so that an ONNX graph can refer into it. Throws as {@link #read}
     * does, but takes arrays of any size.
     */
    public static Map<String, Location> layout(Path file) {
        return opened(file, channel -> SafetensorsHeader.read(file, channel).locations());
    }

    /** The strings under {@code __metadata__}; empty if there are none. Throws as {@link #layout} does. */
    public static Map<String, String> metadata(Path file) {
        return opened(file, channel -> SafetensorsHeader.read(file, channel).metadata());
    }

    private static Weights map(Path file, FileChannel channel, long chunk) throws IOException {
        Map<String, Array> arrays = new LinkedHashMap<>();
        ByteBuffer mapped = ByteBuffer.allocateDirect(0);
        long start = 0;
        for (Map.Entry<String, Location> entry :
                SafetensorsHeader.read(file, channel).locations().entrySet()) {
            Location at = entry.getValue();
            if (at.length > Integer.MAX_VALUE) {
                throw InputException.at(
                        file,
                        0,
                        "tensor " + StrictJson.quoted(entry.getKey()) + " has " + at.length
                                + " bytes; an array can have at most " + Integer.MAX_VALUE);
            }
            if (at.offset + at.length > start + mapped.capacity()) {
                start = at.offset;
                long length = Math.max(at.length, Math.min(chunk, channel.size() - start));
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
            }
            ByteBuffer data = at.length == 0
                    ? ByteBuffer.allocateDirect(0)
                    : mapped.slice((int) (at.offset - start), (int) at.length);
            arrays.put(entry.getKey(), new Array(at.type, at.shape, data));
        }
        return new Weights(arrays);
    }

    private interface Use<T> {
        T of(FileChannel channel) throws IOException;
    }

    private static <T> T opened(Path file, Use<T> use) {
        if (Files.isDirectory(file)) throw InputException.at(file, 0, "this is a folder, not a safetensors file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return use.of(channel);
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new InputException(file + ": no permission to read it", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
