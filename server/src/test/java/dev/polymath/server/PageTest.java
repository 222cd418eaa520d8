package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A click through every part of the page: it shows what the server says, whatever that is. */
class PageTest extends OnThePage {
    private static final String TEXT =
            "I got the red kettle in your Leeds shop on 3 May and it leaks. Miriam said I'd get the £29.90 back. Refund order TB-50917.";

    @Test
    void saysWhichModelAnswersAndWhatItCanDo() {
        JsonNode tasks = tasks();
        assertThat(page.textContent("#model")).isEqualTo(tasks.path("model").asText());
        assertThat(page.textContent("#subject"))
                .contains(
                        tasks.path("tasks").size() + " tasks",
                        tasks.path("max_tokens").asText() + " tokens");
        assertThat(page.title()).contains(tasks.path("model").asText());
        assertThat(page.isVisible("#tab-search")).isEqualTo(tasks.path("search").asBoolean());
        for (String name : names(tasks, false))
            assertThat(figure("one", name).isVisible()).as(name).isTrue();
    }

    @Test
    void hasTabsOnlyForWhatTheModelCanDo() {
        page.route(
                "**/v1/tasks",
                route -> route.fulfill(json(
                        200,
                        "{\"model\":\"minilm\",\"max_tokens\":256,\"search\":false,\"tasks\":[{\"name\":\"embed\","
                                + "\"type\":\"embed\",\"pairs\":false,\"labels\":[],\"languages\":[]}]}")));
        go();
        assertThat(page.textContent("#subject")).startsWith("1 task,");
        assertThat(page.locator("[role=tab]:visible").allTextContents()).containsExactly("One text", "Compare");
    }

    @Test
    void showsEveryKindOfAnswerToATextAsItIsTyped() {
        JsonNode tasks = tasks();
        page.locator("#text").pressSequentially(TEXT.substring(0, 20));
        answered("one");
        answered("one", "#text", TEXT);
        JsonNode answers = ask("v1/predict", Map.of("texts", List.of(TEXT), "tasks", names(tasks, false)))
                .path(0)
                .path("tasks");
        HashSet<String> kinds = new HashSet<>();
        for (JsonNode task : tasks.path("tasks")) {
            if (task.path("pairs").asBoolean()) continue;
            kinds.add(task.path("type").asText());
            shows(
                    figure("one", task.path("name").asText()),
                    task,
                    answers.path(task.path("name").asText()));
        }
        assertThat(kinds).contains("classify", "multilabel", "ordinal", "tag", "embed");
        assertThat(page.textContent("#one-status")).matches("Answered in \\d+ ms");
        page.waitForCondition(() -> page.textContent("#said")
                .contains("intent: " + answers.at("/intent/label").asText()));
    }

    private void shows(Locator figure, JsonNode task, JsonNode answer) {
        String result = figure.locator(".result").textContent();
        List<String> labels = texts(task.path("labels"));
        switch (task.path("type").asText()) {
            case "classify" -> {
                String label = answer.path("label").asText();
                assertThat(result).isEqualTo(label);
                assertThat(figure.locator(".bars .name").allTextContents()).containsExactlyInAnyOrderElementsOf(labels);
                assertThat(figure.locator("li.chosen .name").allTextContents()).containsExactly(label);
                assertThat(figure.locator("li.chosen .value").textContent())
                        .isEqualTo(Math.round(
                                        100 * answer.path("scores").path(label).asDouble()) + "\u00a0%");
            }
            case "multilabel" -> {
                List<String> passed = texts(answer.path("labels"));
                assertThat(result).isEqualTo(passed.size() + " of " + labels.size());
                assertThat(figure.locator("li.chosen .name").allTextContents())
                        .containsExactlyInAnyOrderElementsOf(passed);
                assertThat(figure.locator("li.chosen .tick").allTextContents()).allMatch("✓"::equals);
            }
            case "ordinal" -> {
                assertThat(figure.locator("li.chosen").allTextContents())
                        .containsExactly(answer.path("label").asText());
                double share = (answer.path("value").asDouble() - 0.5) / labels.size();
                assertThat(at(figure.locator(".pointer"))).isCloseTo(100 * share, within(0.01));
            }
            case "regress" ->
                assertThat(result).isEqualTo(decimals(answer.path("value").asDouble()));
            case "embed" -> {
                int numbers = answer.path("vector").size();
                assertThat(result).startsWith(numbers + " numbers, length 1.00");
                assertThat(figure.locator("svg").getAttribute("aria-label")).contains(numbers + " numbers");
            }
            default -> assertThat(marks(figure)).isEqualTo(spans(answer));
        }
    }

    @Test
    void marksEntitiesAtTheirPlacesBehindEmoji() {
        String text = "🎉👩‍👩‍👧 Miriam in Leeds 🇬🇧 says:\nthe kettle 🫖, TB-50917!";
        answered("one", "#text", text);
        for (JsonNode task : tasks().path("tasks")) {
            if (!task.path("type").asText().equals("tag")) continue;
            String name = task.path("name").asText();
            JsonNode answer = ask("v1/predict", Map.of("texts", List.of(text), "tasks", List.of(name)))
                    .path(0)
                    .path("tasks")
                    .path(name);
            assertThat(answer.path("spans")).isNotEmpty();
            assertThat(marks(figure("one", name))).isEqualTo(spans(answer));
            String shown = (String) figure("one", name)
                    .locator(".marked")
                    .evaluate("p => { const c = p.cloneNode(true); c.querySelectorAll('.tag').forEach(t => t.remove());"
                            + " return c.textContent; }");
            assertThat(shown).as("the text itself is whole").isEqualTo(text);
        }
    }

    @Test
    void keepsWhatIsUnfoldedAndClearsWhatIsEmptied() {
        answered("one", "#text", TEXT);
        Locator fold = figure("one", "intent").locator("details");
        if (fold.count() > 0) {
            fold.locator("summary").click();
            answered("one", "#text", TEXT + " Thank you");
            assertThat(fold.getAttribute("open")).isNotNull();
        }
        page.fill("#text", " ");
        assertThat(figure("one", "intent").locator(".result").textContent()).isEmpty();
        assertThat(page.locator("mark").count()).isZero();
        assertThat(page.textContent("#one-status")).isEmpty();
    }

    @Test
    void answersManyTextsInATable() {
        page.click("#tab-many");
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= 40; i++) texts.add("Where is order TB-" + i + "?");
        answered("many", "#texts-in", String.join("\n\n", texts) + "\n");
        assertThat(page.locator("#many-answers tbody th").allTextContents()).isEqualTo(texts);
        List<String> columns = new ArrayList<>(List.of("text"));
        for (JsonNode task : tasks().path("tasks")) {
            boolean shown = !task.path("pairs").asBoolean()
                    && !task.path("type").asText().equals("embed");
            if (shown) columns.add(task.path("name").asText());
        }
        assertThat(page.locator("#many-answers thead th").allTextContents()).isEqualTo(columns);
        JsonNode last = ask("v1/predict", Map.of("texts", texts.subList(39, 40), "tasks", List.of("intent")));
        assertThat(page.locator("#many-answers tbody tr")
                        .last()
                        .locator("td")
                        .first()
                        .textContent())
                .startsWith(last.at("/0/tasks/intent/label").asText() + " ")
                .endsWith("\u00a0%");
        assertThat(page.textContent("#many-status")).contains("40 texts");
    }

    @Test
    void comparesTwoTexts() {
        JsonNode tasks = tasks();
        String first = "Do you ship to Dublin?";
        String second = "Is Ireland among the countries you send to?";
        page.click("#tab-compare");
        page.fill("#first", first);
        answered("compare", "#second", second);
        JsonNode answers = ask(
                        "v1/predict",
                        Map.of("inputs", List.of(Map.of("text", first, "text2", second)), "tasks", names(tasks, true)))
                .at("/0/tasks");
        assertThat(answers).isNotEmpty();
        for (JsonNode task : tasks.path("tasks")) {
            String name = task.path("name").asText();
            if (task.path("pairs").asBoolean()) shows(figure("compare", name), task, answers.path(name));
            if (!task.path("type").asText().equals("embed")) continue;
            JsonNode said =
                    ask("similarity", Map.of("inputs", Map.of("source_sentence", first, "sentences", List.of(second))));
            assertThat(figure("compare", "similarity").locator(".result").textContent())
                    .isEqualTo(decimals(said.path(0).asDouble()));
        }
    }

    @Test
    void searchesWhereThereIsAnIndex() {
        page.route("**/v1/tasks", route -> {
            String body = tasks().toString().replaceFirst("\"search\":\\w+", "\"search\":true");
            route.fulfill(json(200, body));
        });
        page.route(
                "**/v1/search",
                route -> route.fulfill(json(
                        200,
                        "{\"hits\":[{\"id\":\"a\",\"score\":0.91,\"title\":\"Returns\",\"text\":\"Within 30 days.\"},"
                                + "{\"id\":\"b\",\"score\":0.5,\"title\":\"\",\"text\":\"x\"}]}")));
        go();
        page.click("#tab-search");
        answered("search", "#query", "send it back");
        assertThat(page.locator("#search-answers li strong").allTextContents()).containsExactly("Returns", "b");
        assertThat(page.locator("#search-answers li").first().textContent()).contains("0.91", "Within 30 days.");
    }

    @Test
    void copiesACommandThatAsksTheSame() throws IOException, InterruptedException {
        String text = "It's \"fine\" & $HOME `ls` \\ 🎉";
        answered("one", "#text", text);
        page.click("#raw > summary");
        page.click("#copy");
        page.waitForCondition(() -> page.textContent("#copy").equals("Copied"));
        String command = (String) page.evaluate("navigator.clipboard.readText()");
        assertThat(command).startsWith("curl -s '" + url() + "v1/predict'").isEqualTo(page.textContent("#curl"));
        assertThat(page.textContent("#json")).contains("\"tasks\": {", "\"intent\": {");
        Process shell = new ProcessBuilder("bash", "-c", command).start();
        JsonNode answer = new ObjectMapper().readTree(shell.getInputStream());
        assertThat(shell.waitFor()).isZero();
        assertThat(answer.path(0).path("text").asText()).isEqualTo(text);
    }

    @Test
    void showsLiveFigures() {
        page.waitForCondition(() -> page.textContent("#p50").matches("\\d+\\.\\d"));
        assertThat(page.textContent("#texts")).matches("\\d+\\.\\d");
        page.waitForCondition(() -> page.getAttribute("#p50-line path", "d").contains("L"));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replace('-', '−');
    }

    private static double at(Locator pointer) {
        return Double.parseDouble(((String) pointer.evaluate("p => p.style.left")).replace("%", ""));
    }

    /** What is marked, as {@code start text label}, counted in the text without the labels that marks show. */
    @SuppressWarnings("unchecked")
    private static List<String> marks(Locator figure) {
        return (List<String>)
                figure.locator(".marked")
                        .evaluate(
                                """
                p => {
                  const found = [];
                  let start = 0;
                  for (const node of p.childNodes) {
                    const words = node.querySelector?.('.words');
                    if (words) found.push(`${start} ${words.textContent} ${node.querySelector('.tag').textContent}`);
                    start += (words ?? node).textContent.length;
                  }
                  return found;
                }""");
    }

    private static List<String> spans(JsonNode answer) {
        List<String> spans = new ArrayList<>();
        for (JsonNode span : answer.path("spans")) {
            spans.add(span.path("start").asInt() + " " + span.path("text").asText() + " "
                    + span.path("label").asText());
        }
        return spans;
    }
}
