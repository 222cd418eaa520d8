package dev.polymath.learn.compare;

import dev.polymath.learn.Trainer;
import dev.polymath.project.Project;
import dev.polymath.weights.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A digest of the program that runs: of all classes of core and learn but those of this package, which look at results
 * and do not make them. The same whether the classes lie in folders or in jars, whenever those were built.
 */
final class ProgramDigest {
    private static final String CLASS = ".class";
    private static final String COMPARE = "dev/polymath/learn/compare/";

    private ProgramDigest() {}

    /** Computed once: the program does not change while it runs. */
    static String current() {
        return Current.DIGEST;
    }

    private static final class Current {
        static final String DIGEST = of(place(Project.class), place(Trainer.class));
    }

    /** Of folders or jars with classes. */
    static String of(Path... places) {
        Map<String, String> classes = new TreeMap<>();
        for (Path place : places) {
            try {
                if (Files.isDirectory(place)) addFolder(place, classes);
                else addJar(place, classes);
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

    private static void addFolder(Path folder, Map<String, String> classes) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (counts(name)) classes.put(name, digest(Files.newInputStream(file)));
            }
        }
    }

    private static void addJar(Path jar, Map<String, String> classes) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (counts(entry.getName())) classes.put(entry.getName(), digest(zip.getInputStream(entry)));
            }
        }
    }

    private static boolean counts(String name) {
        return name.endsWith(CLASS) && !name.startsWith(COMPARE);
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
