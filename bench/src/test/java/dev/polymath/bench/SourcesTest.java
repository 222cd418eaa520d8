package dev.polymath.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the house style asks of source files and class files do not show. */
class SourcesTest {
    private static final int MOST_LINES = 400;

    /** A public type, nested ones too, with the annotations before it. */
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^ *(?:@\\w+(?:\\([^)]*\\))?\\s+)*public (?:static |abstract |final |sealed |non-sealed )*"
                    + "(?:class|interface|record|enum|@interface) (\\w+)",
            Pattern.MULTILINE);

    /** The packages of a module, where they are not free. */
    private static final Map<String, String> OWN = Map.of(
            "learn", "dev/polymath/learn",
            "search", "dev/polymath/search",
            "server", "dev/polymath/server",
            "cli", "dev/polymath/cli",
            "bench", "dev/polymath/bench");

    private static final Path ROOT = Path.of(System.getProperty("polymath.root"));

    @Test
    void everyPackageSaysWhatLivesThere() throws IOException {
        TreeSet<Path> folders = new TreeSet<>();
        for (Path file : sources("main")) folders.add(file.getParent());
        assertThat(folders).hasSizeGreaterThan(8).allSatisfy(folder -> {
            Path info = folder.resolve("package-info.java");
            assertThat(info).exists();
            assertThat(Files.readString(info)).startsWith("/**");
        });
    }

    @Test
    void everyPublicTypeHasJavadoc() throws IOException {
        List<String> bare = new ArrayList<>();
        int types = 0;
        for (Path file : sources("main")) {
            String text = Files.readString(file);
            Matcher type = PUBLIC_TYPE.matcher(text);
            for (; type.find(); types++) {
                if (!text.substring(0, type.start()).stripTrailing().endsWith("*/")) {
                    bare.add(ROOT.relativize(file) + ": " + type.group(1));
                }
            }
        }
        assertThat(types).isGreaterThan(50);
        assertThat(bare).isEmpty();
    }

    @Test
    void noFileIsLong() throws IOException {
        List<Path> files = new ArrayList<>(sources("main"));
        files.addAll(sources("test"));
        assertThat(files)
                .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(MOST_LINES));
    }

    @Test
    void modulesKeepToTheirPackages() throws IOException {
        for (Map.Entry<String, String> module : OWN.entrySet()) {
            assertThat(sources(module.getKey(), "main"))
                    .allMatch(file -> file.toString().replace('\\', '/').contains("/java/" + module.getValue() + "/"));
        }
        assertThat(sources("core", "main")).noneMatch(file -> OWN.values().stream()
                .anyMatch(own -> file.toString().replace('\\', '/').contains("/java/" + own + "/")));
    }

    private static List<Path> sources(String set) throws IOException {
        List<Path> files = new ArrayList<>(sources("core", set));
        for (String module : OWN.keySet()) files.addAll(sources(module, set));
        return files;
    }

    private static List<Path> sources(String module, String set) throws IOException {
        Path folder = ROOT.resolve(module).resolve("src").resolve(set).resolve("java");
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
