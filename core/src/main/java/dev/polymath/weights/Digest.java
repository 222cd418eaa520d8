package dev.polymath.weights;

import dev.polymath.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** SHA-256 of files and of weights, in lower-case hex: whether two are the same, without having both. */
public final class Digest {
    private Digest() {}

    /**
     * The digest of a file's bytes, as {@code sha256sum} prints it.
     *
     * @throws InputException if there is no such file
     */
    public static String sha256(Path file) {
        MessageDigest digest = start();
        ByteBuffer block = ByteBuffer.allocate(1 << 20);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(block) >= 0) {
                digest.update(block.flip());
                block.clear();
            }
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of an array: its type and shape as text, such as {@code F32[2, 3]}, then its bytes. */
    public static String sha256(Array array) {
        MessageDigest digest = start();
        digest.update((array.type() + Arrays.toString(array.shape())).getBytes(StandardCharsets.UTF_8));
        digest.update(array.data());
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The digest of the file that {@link Safetensors#write} makes of the weights without metadata: it does not depend on
     * the order of the names, and can be checked with {@code sha256sum}.
     */
    public static String sha256(Weights weights) {
        MessageDigest digest = start();
        new SafetensorsWriter(weights, Map.of()).pieces().forEach(digest::update);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of a text's UTF-8 bytes. */
    public static String sha256(String text) {
        return HexFormat.of().formatHex(start().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
