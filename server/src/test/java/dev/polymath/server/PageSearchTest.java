package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A click through search, on the server itself with a real index. */
class PageSearchTest extends OnThePage {
    @TempDir
    static Path folder;

    @Override
    protected Site site() {
        Path model = Served.tiny(folder.resolve("model"), 1);
        Path index = Indexed.write(folder.resolve("index"), model, Indexed.documents());
        Served served =
                Served.start(model, Served.with(ServerSettings.Batching.DEFAULT).searching(index));
        return new Site() {
            @Override
            public String url() {
                return served.server().address() + "/";
            }

            @Override
            public void close() {
                served.close();
            }
        };
    }

    @Test
    void findsAndShowsWhatTheServerFinds() {
        page.click("#tab-search");
        assertThat(page.getAttribute("#query", "placeholder")).isEqualTo("In 25 documents");
        answered("search", "#query", "leaking kettle");
        shows(Map.of("query", "leaking kettle", "mode", "hybrid"));
        assertThat(page.textContent("#search-status")).matches("Answered in \\d+ ms, 10 found");
        page.click("text=meaning >> nth=1");
        answered("search");
        shows(Map.of("query", "leaking kettle", "mode", "dense"));
        assertThat(page.locator("#search-answers mark").count()).isZero();
        page.check("input[value=lexical]");
        answered("search");
        shows(Map.of("query", "leaking kettle", "mode", "lexical"));
        assertThat(page.locator("#search-answers li").first().locator("mark").allTextContents())
                .containsExactly("kettle", "leaks");
        // What looks like markup in a document is text.
        assertThat(page.locator("#search-answers b").count()).isZero();
        assertThat(page.locator("#search-answers li").first().textContent())
                .contains("<b>red</b>", "words no. 1 (BM25 ", "shop Leeds");
        page.check("#rerank");
        answered("search");
        shows(Map.of("query", "leaking kettle", "mode", "lexical", "rerank", 20));
        assertThat(page.locator("#search-answers .origin").first().textContent())
                .contains("read again ");
        keep("search.png", true);
    }

    private void shows(Map<String, Object> question) {
        JsonNode hits = ask("v1/search", question).get("hits");
        page.waitForCondition(() -> titles().equals(hits.findValuesAsText("title")));
        assertThat(page.locator("#search-answers .score").count()).isEqualTo(hits.size());
    }

    private List<String> titles() {
        return page.locator("#search-answers li strong").allTextContents();
    }

    @Test
    void isUsedByKeysAlone() {
        page.keyboard().press("4");
        page.keyboard().press("/");
        page.keyboard().type("lamp / 1");
        answered("search");
        page.keyboard().press("ArrowDown");
        page.keyboard().press("ArrowDown");
        assertThat(page.locator("#search-answers li").nth(1).evaluate("hit => hit === document.activeElement"))
                .isEqualTo(true);
        page.keyboard().press("Escape");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("query");
        page.keyboard().press("Tab");
        page.keyboard().press("ArrowRight");
        answered("search");
        assertThat(page.isChecked("input[value=lexical]")).isTrue();
        shows(Map.of("query", "lamp / 1", "mode", "lexical"));
        page.keyboard().press("1");
        assertThat(page.isVisible("#one")).isTrue();
    }

    @Test
    void saysWhereNothingIsFoundAndForgetsWhenThereIsNothingToLookFor() {
        page.click("#tab-search");
        page.check("input[value=lexical]");
        answered("search", "#query", "zeppelin");
        assertThat(page.textContent("#search-status")).endsWith(", none found");
        answered("search", "#query", "lamp");
        assertThat(titles()).isNotEmpty();
        page.fill("#query", "");
        page.waitForCondition(() -> titles().isEmpty());
    }

    @Test
    void fitsAPhone() {
        openOnAPhone(740);
        go();
        page.click("#tab-search");
        answered("search", "#query", "leaking kettle");
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        keep("phone-search.png", false);
    }
}
