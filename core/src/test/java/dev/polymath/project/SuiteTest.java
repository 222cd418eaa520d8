package dev.polymath.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The measured suite of twelve public tasks loads whole; counts from Python's csv module. Its data are not in the repository. */
class SuiteTest {
    @Test
    void everyRowOfTheSuiteIsRead() {
        Path suite = Path.of(System.getProperty("polymath.root"), "..", "shared", "suite", "suite.yaml");
        Assumptions.assumeTrue(Files.exists(suite), "skipped: there is no suite at " + suite);
        Dataset.Result result = Dataset.check(ProjectReader.read(suite, List.of()), List.of());
        assertThat(result.problems()).isEmpty();
        Map<String, List<Integer>> rows = new LinkedHashMap<>();
        result.dataset()
                .tasks()
                .forEach((name, data) -> rows.put(
                        name,
                        List.of(
                                data.train().size(),
                                data.dev().size(),
                                data.test().size())));
        assertThat(rows)
                .isEqualTo(Map.ofEntries(
                        Map.entry("topic", List.of(5600, 1000, 1000)),
                        Map.entry("intent", List.of(15082, 3100, 5500)),
                        Map.entry("banking", List.of(8994, 1000, 3080)),
                        Map.entry("sentiment", List.of(6914, 872, 1821)),
                        Map.entry("stars", List.of(8537, 1101, 2210)),
                        Map.entry("emotion", List.of(9977, 2000, 5427)),
                        Map.entry("nli", List.of(4404, 500, 4927)),
                        Map.entry("paraphrase", List.of(3360, 500, 1725)),
                        Map.entry("closeness", List.of(5173, 1500, 1379)),
                        Map.entry("acceptability", List.of(7235, 1301, 1043)),
                        Map.entry("entities", List.of(13472, 3250, 3453)),
                        Map.entry("pos", List.of(5381, 2001, 2077))));
    }
}
