package dev.polymath.run;

import dev.polymath.weights.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A digest of classes of the program that runs, so that what they made can be told from what others would make. The same
 * whether the classes lie in folders or in jars, whenever those were built.
 */
public final class ProgramDigest {
    private static final String CLASS = ".class";

    private ProgramDigest() {}

    /**
     * Of all classes that lie where some classes do.
     *
     * @param counts which to take, by their paths: {@code dev/polymath/run/Polymath.class}
     * @param members one of each folder or jar
     */
    public static String of(Predicate<String> counts, Class<?>... members) {
        return of(counts, Arrays.stream(members).map(ProgramDigest::place).toArray(Path[]::new));
    }

    /** Of folders or jars with classes. */
    public static String of(Predicate<String> counts, Path... places) {
        Map<String, String> classes = new TreeMap<>();
        for (Path place : places) {
            try {
                if (Files.isDirectory(place)) addFolder(place, counts, classes);
                else addJar(place, counts, classes);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + place, e);
            }
        }
        return Digest.sha256(classes.toString());
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void addFolder(Path folder, Predicate<String> counts, Map<String, String> classes)
            throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (counts(name, counts)) classes.put(name, digest(Files.newInputStream(file)));
            }
        }
    }

    private static void addJar(Path jar, Predicate<String> counts, Map<String, String> classes) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                String name = entry.getName();
                if (counts(name, counts)) classes.put(name, digest(zip.getInputStream(entry)));
            }
        }
    }

    private static boolean counts(String name, Predicate<String> counts) {
        return name.endsWith(CLASS) && counts.test(name);
    }

    private static String digest(InputStream stream) throws IOException {
        try (stream) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(stream.readAllBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
