package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
    private static final String RATES = "train.learning_rate=1e-4,2e-3";

    private static final String RECIPE =
            """
            name: faster
            paper: Nobody 2020, Rates
            claim: A rate 20 times as high is better by 1 point.
            project: shop.yaml
            vary: {train.learning_rate: [1e-4, 2e-3]}
            seeds: 1
            holds: {variant: train.learning_rate=2e-3, by: 0.01}
            """;

    @TempDir
    static Path folder;

    private static Shop shop;

    @BeforeAll
    static void write() {
        shop = new Shop(folder);
        shop.replace("shop.yaml", "epochs: 2", "epochs: 1");
    }

    @Test
    void aComparisonWritesItsTableAndReusesWhatWasMade() throws IOException {
        Path out = folder.resolve("rates");
        Ran first = compare(shop.project(), "--vary", RATES, "--seeds", "2", "--out", out)
                .done();
        assertThat(first.out()).contains("train.learning_rate=1e-4", "train.learning_rate=2e-3", "index.html");
        assertThat(first.err())
                .contains("4 runs", "run 2 of 4: train.learning_rate=2e-3, seed 7; at most about ", "seed 8")
                .contains("4 runs trained, 0 taken from earlier comparisons");
        assertThat(out).isDirectoryContaining("glob:**table.md").isDirectoryContaining("glob:**index.html");
        JsonNode json =
                new ObjectMapper().readTree(out.resolve("comparison.json").toFile());
        assertThat(json.get("title").asText()).isEqualTo("shop");
        assertThat(json.get("seeds").toString()).isEqualTo("[7,8]");
        assertThat(json.get("metrics").get("stars").asText()).isEqualTo("qwk");
        assertThat(json.get("facts").get("command").asText()).contains("polymath compare ", "--vary " + RATES);
        JsonNode second = json.get("variants").get(1);
        assertThat(second.get("name").asText()).isEqualTo("train.learning_rate=2e-3");
        assertThat(second.get("tasks").get("same").get("values").asInt()).isEqualTo(2);
        assertThat(second.get("against").get("same").has("significant")).isTrue();
        assertThat(second.get("curves").get("same")).hasSize(1);
        assertThat(second.get("cost").get("trained").asInt()).isGreaterThan(1000);

        Ran again = compare(shop.project(), "--vary", RATES + ",1e-3", "--seeds", "1", "--out", folder.resolve("more"))
                .done();
        assertThat(again.err())
                .contains("run 1 of 3: train.learning_rate=1e-4, seed 7: mean ", ", made before")
                .contains("1 runs trained, 2 taken from earlier comparisons");
    }

    @Test
    void aRecipeEndsWithItsVerdict() throws IOException {
        Path recipe = shop.write("faster.yaml", RECIPE);
        Path out = folder.resolve("recipe");
        Ran ran = compare(recipe, "--out", out).done();
        List<String> lines = ran.lines();
        assertThat(lines.get(lines.size() - 2)).isEqualTo("A rate 20 times as high is better by 1 point.");
        assertThat(lines.get(lines.size() - 1))
                .matches("(claim holds here|does not hold here|undecided): train.learning_rate=2e-3 over"
                        + " train.learning_rate=1e-4, mean of 5 tasks: .*");
        assertThat(out.resolve("table.md")).content().endsWith(lines.get(lines.size() - 1) + "\n");
        JsonNode json =
                new ObjectMapper().readTree(out.resolve("comparison.json").toFile());
        assertThat(json.get("title").asText()).isEqualTo("faster");
        assertThat(lines.get(lines.size() - 1))
                .startsWith(json.get("recipe").get("verdict").asText());
        compare(recipe, "--vary", RATES).refused("is a recipe", "names its variants itself");
        shop.write("other.yaml", RECIPE.replace("by: 0.01", "on: stras"));
        compare(folder.resolve("other.yaml")).refused("there is no task 'stras'", "did you mean 'stars'?");
        shop.write("wrong.yaml", RECIPE.replace("paper:", "papre:"));
        compare(folder.resolve("wrong.yaml")).refused("wrong.yaml:2: unknown key 'papre'", "did you mean 'paper'?");
    }

    @Test
    void whatCannotBeComparedIsRefusedBeforeAnythingIsTrained() {
        Path out = folder.resolve("refused");
        compare(shop.project(), "--vary", RATES).refused("--out DIR is missing");
        compare(shop.project(), "--vary", "balance", "--out", out).refused("--vary balance: write key=value,value");
        compare(shop.project(), "--vary", "balance=equal,eqaul", "--out", out)
                .refused("variant 'balance=eqaul'", "did you mean 'equal'?");
        compare(shop.project(), "--vary", "balence=equal", "--out", out)
                .refused("unknown key 'balence'", "did you mean 'balance'?");
        compare(shop.project(), "--vary", RATES, "--seeds", "0", "--out", out).refused("--seeds is 0");
        compare(shop.project(), "--vary", RATES, "--tasks", "stras", "--out", out)
                .refused("did you mean 'stars'?");
        compare(shop.project(), "--vary", RATES, "--out", shop.project()).refused("is not a folder");
        compare(folder.resolve("none.yaml"), "--out", out).refused("none.yaml");
        assertThat(out).doesNotExist();
    }

    @Test
    void partsTellTheirKnobsAndWhatWasMeasuredWithinAHundredColumns() {
        Ran parts = Ran.polymath("parts").done();
        assertThat(parts.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(Ran.polymath("parts", "sampling").done().out())
                .contains("knobs: temperature=2", "Arivazhagan et al. 2019");
    }

    private static Ran compare(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("compare"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--runs", folder.resolve("runs")));
        return Ran.polymath(all.toArray());
    }
}
