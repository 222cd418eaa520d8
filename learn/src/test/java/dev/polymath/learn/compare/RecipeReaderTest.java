package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.project.Assignment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeReaderTest {
    private static final String RECIPE =
            """
            name: gradnorm
            paper: Chen et al. 2018
            claim: Better than equal weights, by 1 point.
            project: sub/../small.yaml
            set: {train.epochs: 2, sampling: uniform}
            single: true
            vary:
              balance: [equal, {type: gradnorm, alpha: 1}]
              habits: [[], [gradient-noise]]
            seeds: 5
            holds: {variant: "balance={type: gradnorm, alpha: 1}, habits=[]", over: "balance=equal, habits=[]", by: 0.01}
            """;

    private static final Path RECIPES = Path.of(System.getProperty("polymath.root"), "recipes");

    @TempDir
    private Path folder;

    @Test
    void aRecipeIsRead() throws IOException {
        Recipe recipe = read(RECIPE);
        assertThat(recipe.name()).isEqualTo("gradnorm");
        assertThat(recipe.paper()).isEqualTo("Chen et al. 2018");
        assertThat(recipe.claim()).isEqualTo("Better than equal weights, by 1 point.");
        assertThat(recipe.project()).isEqualTo(folder.resolve("small.yaml"));
        assertThat(recipe.seeds()).isEqualTo(5);
        assertThat(recipe.set())
                .containsExactly(
                        new Assignment("train.epochs", "2"),
                        new Assignment("sampling", "uniform"),
                        new Assignment("single", "true"));
        assertThat(recipe.variants())
                .extracting(Variant::name)
                .containsExactly(
                        "balance=equal, habits=[]",
                        "balance=equal, habits=[gradient-noise]",
                        "balance={type: gradnorm, alpha: 1}, habits=[]",
                        "balance={type: gradnorm, alpha: 1}, habits=[gradient-noise]");
        assertThat(recipe.holds())
                .isEqualTo(new Criterion(
                        "balance={type: gradnorm, alpha: 1}, habits=[]",
                        "balance=equal, habits=[]",
                        null,
                        0.01,
                        0.005));
    }

    @Test
    void variantsMayBeListedOneByOne() throws IOException {
        Recipe recipe = read(
                """
                paper: p
                claim: c
                project: small.yaml
                vary:
                  - {sharing: hard}
                  - {sharing: other, balance: covariance}
                holds: {variant: "sharing=other, balance=covariance", on: topic, margin: 0}
                """);
        assertThat(recipe.name()).isEqualTo("recipe");
        assertThat(recipe.seeds()).isEqualTo(3);
        assertThat(recipe.set()).isEmpty();
        assertThat(recipe.variants())
                .containsExactly(
                        Variant.of(List.of(new Assignment("sharing", "hard"))),
                        Variant.of(
                                List.of(new Assignment("sharing", "other"), new Assignment("balance", "covariance"))));
        assertThat(recipe.holds())
                .isEqualTo(new Criterion("sharing=other, balance=covariance", "sharing=hard", "topic", 0, 0));
    }

    @Test
    void textsKeepTheQuotesThatTheyNeed() throws IOException {
        Recipe recipe =
                read(RECIPE.replace("sampling: uniform", "a: \"yes\", b: 'x, \"y\"', c: \"1\", d: true, e: 1e-4"));
        assertThat(recipe.set())
                .extracting(Assignment::value)
                .startsWith("2", "\"yes\"", "\"x, \\\"y\\\"\"", "\"1\"", "true", "1e-4");
    }

    @Test
    void aFileWithAClaimIsARecipe() throws IOException {
        assertThat(RecipeReader.recognises(write(RECIPE))).isTrue();
        assertThat(RecipeReader.recognises(write("name: x\ntasks: {}\n"))).isFalse();
        assertThat(RecipeReader.recognises(write(""))).isFalse();
        assertThatThrownBy(() -> RecipeReader.recognises(folder.resolve("none.yaml")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("none.yaml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            textBlock =
                    """
                    seeds: 5                    # sead: 5              # :10: unknown key 'sead' in the recipe; did you mean 'seeds'?
                    seeds: 5                    # seeds: 0             # :10: 'seeds' in the recipe must be a whole number of 1 or more
                    single: true                # single: maybe        # :6: 'single' in the recipe must be true or false
                    project: sub/../small.yaml  # seeds: 1             # the recipe lacks 'project'
                    over:                       # ovr:                 # :11: unknown key 'ovr' in holds; did you mean 'over'?
                    by: 0.01                    # by: much             # :11: 'by' in holds must be a number from -1 to 1
                    over: "balance=equal, habits=[]" # over: balance=x # :11: 'over' is 'balance=x'; variants are tested against the first, 'balance=equal, habits=[]'
                    variant: "balance={type: gradnorm, alpha: 1}, habits=[]" # variant: balance=equal # :11: there is no variant 'balance=equal' beside the first; did you mean
                    [[], [gradient-noise]]      # []                   # :9: there is no value to try for habits
                    [[], [gradient-noise]]      # none                 # :9: 'habits' in vary must be a list of values, not 'none'
                    habits: [[]                 # train.seed: [[]      # :9: train.seed is no variation
                    """)
    void whatIsWrongIsToldWithItsLine(String what, String with, String says) throws IOException {
        String text = RECIPE.replace(what, with);
        assertThat(text).isNotEqualTo(RECIPE);
        Path file = write(text);
        assertThatThrownBy(() -> RecipeReader.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(says);
    }

    @Test
    void oneVariantIsNoComparison() throws IOException {
        Path file = write("paper: p\nclaim: c\nproject: x\nvary: [{balance: equal}]\nholds: {variant: x}\n");
        assertThatThrownBy(() -> RecipeReader.read(file)).hasMessageContaining(":4: 'vary' gives one variant");
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyRecipeOfOursCanBeRead(Path file) {
        Recipe recipe = RecipeReader.read(file);
        assertThat(file.getFileName()).hasToString(recipe.name() + ".yaml");
        assertThat(recipe.claim()).containsPattern("\\d").endsWith(".");
        assertThat(recipe.project()).isRegularFile();
        assertThat(recipe.seeds()).isGreaterThanOrEqualTo(3);
    }

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            List<Path> recipes =
                    new ArrayList<>(files.filter(file -> file.toString().endsWith(".yaml"))
                            .filter(RecipeReader::recognises)
                            .sorted()
                            .toList());
            assertThat(recipes).hasSizeGreaterThanOrEqualTo(9);
            return recipes;
        }
    }

    private Recipe read(String text) throws IOException {
        return RecipeReader.read(write(text));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"), text);
    }
}
