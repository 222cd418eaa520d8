package dev.polymath.weights;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The bytes of a safetensors file, in the order of the reference implementation, and how they get to the disk. */
final class SafetensorsWriter {
    /** Types of larger elements first, so that every array is aligned; among equals, the reference's order. */
    private static final List<DType> ORDER =
            List.of(DType.I64, DType.F32, DType.I32, DType.BF16, DType.F16, DType.I8, DType.U8, DType.BOOL);

    private final ByteBuffer header;
    private final List<Array> arrays = new ArrayList<>();

    /** @throws IllegalArgumentException if a name or a string of the metadata cannot be written */
    SafetensorsWriter(Weights weights, Map<String, String> metadata) {
        List<String> names = new ArrayList<>(weights.names());
        names.sort(Comparator.comparing(
                        (String name) -> ORDER.indexOf(weights.get(name).type()))
                .thenComparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) write(json, metadata);
            long offset = 0;
            for (String name : names) {
                if (name.equals(SafetensorsHeader.METADATA)) {
                    throw new IllegalArgumentException(name + " cannot be the name of a tensor");
                }
                Array array = weights.get(name);
                arrays.add(array);
                long end = offset + array.data().remaining();
                json.writeObjectFieldStart(text(name));
                json.writeStringField("dtype", array.type().name());
                write(json, "shape", array.shape());
                write(json, "data_offsets", offset, end);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The data begin at a multiple of 8 bytes, as libraries that map the file want them.
        while (out.size() % 8 != 0) out.write(' ');
        if (out.size() > SafetensorsHeader.MAX_LENGTH) {
            throw new IllegalArgumentException("names and shapes of " + names.size() + " tensors take " + out.size()
                    + " bytes; at most " + SafetensorsHeader.MAX_LENGTH + " are allowed");
        }
        header = ByteBuffer.allocate(8 + out.size()).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(out.size()).put(out.toByteArray()).flip();
    }

    /** Sorted by key: the same content gives the same bytes. (The reference keeps no order.) */
    private static void write(JsonGenerator json, Map<String, String> metadata) throws IOException {
        json.writeObjectFieldStart(SafetensorsHeader.METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
            json.writeStringField(text(entry.getKey()), text(entry.getValue()));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String key, long... numbers) throws IOException {
        json.writeFieldName(key);
        json.writeArray(numbers, 0, numbers.length);
    }

    private static String text(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    StrictJson.quoted(text) + " has half a surrogate pair and cannot be written as UTF-8");
        }
        return text;
    }

    /** All the bytes of the file, in pieces: the header, then array after array. */
    List<ByteBuffer> pieces() {
        List<ByteBuffer> pieces = new ArrayList<>();
        pieces.add(header.duplicate());
        for (Array array : arrays) pieces.add(array.data());
        return pieces;
    }

    /**
     * Writes to a file beside the target, forces it to the disk and moves it into place: at every moment the target is
     * either the old file or the new one, whole, even if the weights are mapped from the old one.
     */
    void write(Path target) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        // Not Files.createTempFile: its files can be read by their owner only, and the move would keep that.
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (ByteBuffer piece : pieces()) while (piece.hasRemaining()) channel.write(piece);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceFolder(folder);
    }

    /** Makes the move itself survive a power cut, on systems where a folder can be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders; there the file system journals the move.
        }
    }
}
