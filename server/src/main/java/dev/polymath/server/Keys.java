package dev.polymath.server;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** The bearer keys that open a server. */
final class Keys {
    private static final String BEARER = "Bearer ";

    private final List<byte[]> keys;

    private Keys(List<byte[]> keys) {
        this.keys = keys;
    }

    /**
     * @param file a key a line; empty lines and those that begin with {@code #} do not count; null for no keys
     * @throws InputException if it cannot be read, or has no key
     */
    static Keys read(Path file) {
        if (file == null) return new Keys(List.of());
        List<byte[]> keys;
        try {
            keys = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> line.getBytes(StandardCharsets.UTF_8))
                    .toList();
        } catch (NoSuchFileException e) {
            throw new InputException("there is no file of keys " + file, e);
        } catch (IOException e) {
            throw new InputException("the file of keys " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (keys.isEmpty()) throw new InputException("the file of keys " + file + " has no key; write one a line");
        return new Keys(keys);
    }

    /** Whether there are any. */
    boolean any() {
        return !keys.isEmpty();
    }

    /** @throws Fault if there are keys, and an {@code Authorization} header has none of them */
    void check(String authorization) {
        if (keys.isEmpty()) return;
        if (authorization == null || !authorization.startsWith(BEARER)) {
            throw new Fault(Fault.Kind.UNAUTHORIZED, "a key is needed; send `Authorization: Bearer KEY`");
        }
        byte[] given = authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
        boolean known = false;
        // All are looked at, each in constant time, so that answers do not tell how near a guess is.
        for (byte[] key : keys) known |= MessageDigest.isEqual(key, given);
        if (!known) throw new Fault(Fault.Kind.UNAUTHORIZED, "the key is not known");
    }
}
