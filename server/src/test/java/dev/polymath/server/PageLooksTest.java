package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page for those who use a keyboard, a phone, or a dark room. */
class PageLooksTest extends OnThePage {
    private static final String TEXT =
            "I got the red kettle in your Leeds shop on 3 May and it leaks, please refund the £29.90. Miriam has order TB-50917.";
    private static final String TEXTS =
            """
            Where is order TB-50917?
            Miriam in Leeds was so kind. A compliment!
            The kettle leaks, and I want a refund of £29.90.
            Could you cancel my order of Tuesday?
            The invoice for the bookcase has the wrong name""";

    /** Contrast of an element's text with the first background behind it that is not see-through, as WCAG 2 has it. */
    private static final String CONTRAST =
            """
            element => {
              const channels = (colour) => {
                const parts = colour.match(/[-.\\d]+/g).map(Number);
                return colour.startsWith('rgb') ? [...parts.slice(0, 3).map(c => c / 255), parts[3] ?? 1]
                    : [...parts.slice(0, 3), parts[3] ?? 1];
              };
              const light = (colour) => channels(colour).slice(0, 3)
                  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              let behind = element;
              while (channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
              const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)];
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            }""";

    @Test
    void canBeUsedByKeyboardAlone() {
        page.keyboard().press("/");
        page.keyboard().type(TEXT);
        page.keyboard().press("Control+Enter");
        answered("one");
        page.keyboard().press("Escape");
        assertThat(focus()).isEqualTo("tab-one");
        page.keyboard().press("ArrowRight");
        assertThat(focus()).isEqualTo("tab-many");
        assertThat(page.isVisible("#many")).isTrue();
        page.keyboard().press("Tab");
        page.keyboard().press("Tab");
        assertThat(focus()).isEqualTo("texts-in");
        page.keyboard().type("one\ntwo 1 2 3 / ? c j");
        answered("many");
        assertThat(page.locator("#many-answers tbody tr").count()).isEqualTo(2);
        page.keyboard().press("Escape");
        page.keyboard().press("3");
        assertThat(page.isVisible("#compare")).isTrue();
        page.keyboard().press("Home");
        assertThat(focus()).isEqualTo("tab-one");
        page.keyboard().press("ArrowLeft");
        assertThat(focus()).isEqualTo(page.isVisible("#tab-search") ? "tab-search" : "tab-compare");
        page.keyboard().press("1");
        page.keyboard().press("j");
        assertThat(page.isVisible("#curl")).isTrue();
        page.keyboard().press("c");
        page.waitForCondition(() -> page.textContent("#copy").equals("Copied"));
        page.keyboard().press("?");
        assertThat(page.isVisible("#keys")).isTrue();
        page.keyboard().press("Escape");
        assertThat(page.isVisible("#keys")).isFalse();
    }

    @Test
    void showsWhereTheFocusIsAtEveryStop() {
        answered("one", "#text", TEXT);
        page.click("#raw > summary");
        page.click("h1");
        int stops = 0;
        for (; stops < 40; stops++) {
            page.keyboard().press("Tab");
            if (page.evaluate("document.activeElement === document.body").equals(true)) break;
            assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                    .as("outline of " + page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
                    .isNotEqualTo("none");
        }
        assertThat(stops).isBetween(7, 39);
    }

    @Test
    void fitsAPhone() {
        openOnAPhone(800);
        go();
        answered("one", "#text", TEXT);
        fits("one");
        keep("page-phone.png", false);
        answered("one", "#text", "Miriam" + "x".repeat(400));
        fits("one");
        page.click("#raw > summary");
        fits("raw");
        page.click("#raw > summary");
        for (Map.Entry<String, String> tab : Map.of("many", "#texts-in", "compare", "#first", "search", "#query")
                .entrySet()) {
            if (!page.isVisible("#tab-" + tab.getKey())) continue;
            page.click("#tab-" + tab.getKey());
            if (tab.getKey().equals("compare")) page.fill("#second", TEXT);
            answered(tab.getKey(), tab.getValue(), TEXTS);
            fits(tab.getKey());
            keep("phone-" + tab.getKey() + ".png", false);
        }
    }

    private void fits(String what) {
        assertThat(page.evaluate("document.documentElement.scrollWidth"))
                .as(what + " is too wide")
                .isEqualTo(360);
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void isReadableInLightAndDark(ColorScheme scheme) {
        open(new Browser.NewContextOptions().setViewportSize(1280, 900).setColorScheme(scheme));
        page.clock().install();
        go();
        answered("one", "#text", TEXT);
        for (String part : List.of(
                "mark .words",
                "mark .tag",
                ".result",
                "figcaption span",
                "#one-status",
                ".legend li",
                ".bars .name",
                ".bars .value",
                "summary",
                "[role=tab]",
                ".live dt",
                ".live b",
                ".ends span",
                ".levels li")) {
            for (Locator each : page.locator(part).all()) {
                if (!each.isVisible()) continue;
                assertThat((double) (Double) each.evaluate(CONTRAST)).as(part).isGreaterThanOrEqualTo(4.5);
            }
        }
        for (int i = 0; i < 30; i++) { // live figures enough for a line
            page.clock().runFor(2000);
            page.waitForTimeout(30);
        }
        page.evaluate("document.activeElement.blur()");
        keep("page-" + scheme.name().toLowerCase(Locale.ROOT) + ".png", true);
    }

    @Test
    void doesNotMoveWhenAnswersCome() {
        String places = "[...document.querySelectorAll('figure, #raw, .status, nav')]"
                + ".map(e => [e.offsetTop, e.offsetLeft, e.offsetWidth].join()).join(' ')";
        Object before = page.evaluate(places);
        answered("one", "#text", "Miriam was kind");
        assertThat(page.evaluate(places)).isEqualTo(before);
    }

    @Test
    void isSeenInEveryPart() {
        page.click("#tab-compare");
        page.fill("#first", "Do you ship to Dublin?");
        answered("compare", "#second", "Is Ireland among the countries you send to?");
        page.click("#raw > summary");
        page.click("h1");
        keep("page-compare.png", true);
        page.click("#raw > summary");
        page.click("#tab-many");
        answered("many", "#texts-in", TEXTS);
        keep("page-many.png", true);
        page.click("#show-keys");
        keep("page-keys.png", false);
    }

    private Object focus() {
        return page.evaluate("document.activeElement.id");
    }
}
