package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the page says and does when something is amiss. */
class PageTroubleTest extends OnThePage {
    private static final String PREDICT = "**/v1/predict";

    @Test
    void takesMarkupInTextsAndLabelsForText() {
        String text = "<img src=x onerror=\"document.title='owned'\"> <b>Miriam</b> <script>alert(1)</script>";
        String label = "<i>label</i>";
        page.route(
                "**/v1/tasks",
                route -> route.fulfill(
                        json(
                                200,
                                "{\"model\":\"<u>m</u>\",\"max_tokens\":8,\"search\":false,\"tasks\":[{\"name\":\"<s>t</s>\",\"type\":"
                                        + "\"classify\",\"pairs\":false,\"labels\":[\"" + label
                                        + "\",\"b\"],\"languages\":[]},"
                                        + "{\"name\":\"e\",\"type\":\"tag\",\"pairs\":false,\"labels\":[\"O\"],\"languages\":[]}]}")));
        page.route(
                PREDICT,
                route -> route.fulfill(json(
                        200,
                        "[{\"text\":\"\",\"tasks\":{\"<s>t</s>\":{\"label\":\"" + label + "\",\"scores\":{\"" + label
                                + "\":1}},\"e\":{\"spans\":[{\"start\":0,\"end\":4,\"text\":\"<img\",\"label\":\""
                                + label
                                + "\",\"score\":1}]}}}]")));
        go();
        answered("one", "#text", text);
        assertThat(page.textContent(".marked")).isEqualTo("<img" + label + text.substring(4));
        assertThat(page.textContent("#model")).isEqualTo("<u>m</u>");
        assertThat(page.locator("figure").first().isVisible()).isTrue();
        assertThat(page.locator("main img, main i, main s, main u, main script").count())
                .isZero();
        assertThat(page.title()).doesNotContain("owned");
    }

    @Test
    void dropsAnswersThatCameTooLate() {
        List<Route> held = new ArrayList<>();
        page.route(PREDICT, route -> {
            if (held.isEmpty()) held.add(route);
            else route.resume();
        });
        page.fill("#text", "Where is my refund?");
        page.waitForCondition(() -> !held.isEmpty());
        answered("one", "#text", "A fine compliment");
        String said = page.textContent("#one-answers");
        try {
            held.get(0).resume();
            page.waitForTimeout(200);
        } catch (PlaywrightException gone) {
            // The page has cancelled the request, as it should.
        }
        assertThat(page.textContent("#one-answers")).isEqualTo(said);
    }

    @Test
    void triesAgainWhenTheServerIsBusy() {
        AtomicInteger asked = new AtomicInteger();
        page.route(PREDICT, route -> {
            if (asked.incrementAndGet() > 1) route.resume();
            else route.fulfill(json(429, "{\"error\":\"queue full\"}").setHeaders(Map.of("Retry-After", "1")));
        });
        answered("one", "#text", "Where is my refund?");
        assertThat(page.textContent("#one-status")).contains("busy");
        page.waitForCondition(() -> page.textContent("#one-status").startsWith("Answered"));
        assertThat(asked).hasValue(2);
        forgiveRefusals();
    }

    @Test
    void saysThatTheServerIsGoneAndGoesOnWhenItIsBack() {
        answered("one", "#text", "Where is my refund?");
        page.route("**/v1/**", Route::abort);
        answered("one", "#text", "Where is my parcel?");
        assertThat(page.textContent("#one-status")).contains("does not answer");
        assertThat(page.getAttribute("#one-answers", "class")).contains("stale");
        page.waitForTimeout(300);
        keep("trouble.png", false);
        page.unroute("**/v1/**");
        page.waitForCondition(() -> page.textContent("#one-status").startsWith("Answered"));
        assertThat(page.getAttribute("#one-answers", "class")).doesNotContain("stale");
        forgiveRefusals();
    }

    @Test
    void waitsForAServerThatIsNotThereYet() {
        page.route("**/v1/tasks", Route::abort);
        page.reload();
        page.waitForCondition(() -> page.textContent("#subject").contains("does not answer"));
        page.unroute("**/v1/tasks");
        page.waitForCondition(() -> !page.textContent("#model").isBlank());
        forgiveRefusals();
    }

    @Test
    void saysWhatTheServerRefuses() {
        page.route(
                PREDICT, route -> route.fulfill(json(413, "{\"error\":\"a text has more than 100,000 characters\"}")));
        answered("one", "#text", "long");
        assertThat(page.textContent("#one-status")).contains("refused", "a text has more than 100,000 characters");
        page.route(
                PREDICT,
                route -> route.fulfill(new Route.FulfillOptions().setStatus(502).setBody("<html>")));
        answered("one", "#text", "longer");
        assertThat(page.textContent("#one-status")).contains("refused", "status 502");
        forgiveRefusals();
    }

    @Test
    void saysThatATextWasCut() {
        page.route(PREDICT, route -> route.fulfill(json(200, "[{\"text\":\"x\",\"truncated\":true,\"tasks\":{}}]")));
        String note = "only the first " + tasks().path("max_tokens").asInt() + " tokens were read";
        answered("one", "#text", "x");
        assertThat(page.textContent("#one-status")).startsWith("Answered").contains(note);
        page.click("#tab-many");
        answered("many", "#texts-in", "x");
        assertThat(page.textContent("#many-status")).contains("1 too long", note);
        assertThat(page.textContent("#many-answers tbody th")).contains("cut");
    }

    @Test
    void asksForAKeyKeepsItForTheTabAndSendsIt() {
        List<String> keys = new ArrayList<>();
        page.route("**/v1/**", route -> {
            String key = route.request().headers().get("authorization");
            keys.add(String.valueOf(key));
            if ("Bearer s3cret".equals(key)) route.resume();
            else route.fulfill(json(401, "{\"error\":\"a key is needed\"}"));
        });
        page.reload();
        page.waitForCondition(() -> page.isVisible("#key"));
        page.click("#close-key");
        page.waitForCondition(() -> page.textContent("#subject").contains("key"));
        page.reload();
        page.waitForCondition(() -> page.isVisible("#key"));
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("key-value");
        page.keyboard().type("wrong");
        page.keyboard().press("Enter");
        page.waitForCondition(() -> keys.contains("Bearer wrong") && page.isVisible("#key"));
        page.fill("#key-value", "s3cret");
        page.click("#key-form .main");
        page.waitForCondition(() -> !page.textContent("#model").isBlank());
        answered("one", "#text", "Where is my refund?");
        page.click("#raw > summary");
        page.waitForCondition(() -> page.textContent("#curl").contains("Bearer $POLYMATH_KEY"));
        assertThat(page.textContent("#curl")).doesNotContain("s3cret");
        Response again = page.reload();
        assertThat(again.ok()).isTrue();
        page.waitForCondition(() -> !page.textContent("#model").isBlank());
        assertThat(page.isVisible("#key")).isFalse();
        forgiveRefusals();
    }
}
