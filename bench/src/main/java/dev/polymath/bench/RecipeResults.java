package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What recipes came to, as lines of recipes/RESULTS.md: from the folders that comparisons wrote. */
@Command(name = "results", description = "Prints the table of recipes' verdicts from the folders of their comparisons.")
final class RecipeResults implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "What 'polymath compare RECIPE --out DIR' wrote.")
    private List<Path> folders;

    @Option(names = "--commit", required = true, description = "The commit that they ran at.")
    private String commit;

    @Override
    public Integer call() throws IOException {
        System.out.println("| recipe | verdict | difference of means, points | plain | variants | date | commit |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Path folder : folders) {
            JsonNode json = JSON.readTree(folder.resolve("comparison.json").toFile());
            JsonNode recipe = json.required("recipe");
            JsonNode variants = json.required("variants");
            StringBuilder others = new StringBuilder();
            for (int i = 1; i < variants.size(); i++) {
                others.append(i > 1 ? "; " : "")
                        .append(variants.get(i).get("name").textValue())
                        .append(' ')
                        .append(mean(variants.get(i)));
            }
            System.out.printf(
                    "| `%s` | %s | %s | %s | %s | %s | %s |%n",
                    recipe.get("name").textValue(),
                    recipe.get("verdict").textValue(),
                    recipe.get("figures").textValue(),
                    mean(variants.get(0)),
                    others,
                    json.required("facts").get("date").textValue(),
                    commit);
        }
        return 0;
    }

    /** With half of its interval. */
    private static String mean(JsonNode variant) {
        JsonNode mean = variant.get("mean");
        if (mean == null || mean.isNull() || mean.get("mean").isNull()) return "failed";
        double half = (mean.get("high").asDouble() - mean.get("low").asDouble()) / 2;
        return String.format(Locale.ROOT, "%.2f ± %.2f", 100 * mean.get("mean").asDouble(), 100 * half);
    }
}
