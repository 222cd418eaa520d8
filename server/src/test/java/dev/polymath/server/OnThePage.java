package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * The page in the machine's own Chromium, fresh for each test. Skipped where there is no Chromium or no Node.js, which
 * Playwright's driver runs on: nothing is downloaded.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnThePage {
    /** Something that serves the page and answers its questions. */
    interface Site extends AutoCloseable {
        /** Where the page is, with a slash at the end. */
        String url();

        @Override
        void close();
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> QUIET = List.of(
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");
    private static final int DESKTOP = 1280;
    private static final Page.WaitForSelectorOptions ATTACHED =
            new Page.WaitForSelectorOptions().setState(WaitForSelectorState.ATTACHED);

    private Site site;
    private Playwright playwright;
    private Browser browser;

    protected Page page;
    private BrowserContext context;
    private final List<String> errors = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();

    /** What is tested; a class that tests the page on another site says so here. */
    protected Site site() throws Exception {
        return new CannedDesk();
    }

    @BeforeAll
    void start() throws Exception {
        Path chromium = found("Chromium", "chromium", "chromium-browser", "google-chrome");
        Path node = found("Node.js", "node", "node.exe");
        playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1", "PLAYWRIGHT_NODEJS_PATH", node.toString())));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setChromiumSandbox(false)
                        .setArgs(QUIET));
        site = site();
    }

    @AfterAll
    void stop() {
        if (browser != null) browser.close();
        if (playwright != null) playwright.close();
        if (site != null) site.close();
    }

    private static Path found(String what, String... names) {
        Optional<Path> program = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) System.err.println("The page is not tested: no " + what + " on the PATH");
        Assumptions.assumeTrue(program.isPresent(), () -> "no " + what + " on the PATH");
        return program.get();
    }

    @BeforeEach
    void openThePage() {
        errors.clear();
        strangers.clear();
        open(new Browser.NewContextOptions().setViewportSize(DESKTOP, 900));
        go();
    }

    /** A fresh page, still empty, in place of the one that was there. */
    protected void open(Browser.NewContextOptions options) {
        if (context != null) context.close();
        context = browser.newContext(options.setPermissions(List.of("clipboard-read", "clipboard-write")));
        context.setDefaultTimeout(10_000);
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) errors.add(message.text());
        });
        page.onPageError(errors::add);
        page.onRequest(request -> {
            if (!request.url().startsWith(site.url()) && !request.url().startsWith("data:"))
                strangers.add(request.url());
        });
    }

    /** A narrow window that is touched, of so many pixels' height. */
    protected void openOnAPhone(int height) {
        open(new Browser.NewContextOptions()
                .setViewportSize(360, height)
                .setDeviceScaleFactor(1.5)
                .setHasTouch(true));
    }

    /** Loads the page and waits until it knows the model's tasks. */
    protected void go() {
        page.navigate(site.url());
        page.waitForCondition(() -> !page.textContent("#model").isBlank());
    }

    @AfterEach
    void nothingWentWrongUnseen() {
        context.close();
        assertThat(strangers).as("requests to elsewhere").isEmpty();
        assertThat(errors).as("console").isEmpty();
    }

    /** Chromium notes each refused request in the console; where a test has some, they are no fault of the page. */
    protected void forgiveRefusals() {
        page.waitForTimeout(50);
        errors.removeIf(error -> error.startsWith("Failed to load resource"));
    }

    protected String url() {
        return site.url();
    }

    protected JsonNode tasks() {
        return send(HttpRequest.newBuilder(URI.create(site.url() + "v1/tasks")).GET());
    }

    /** What the server itself says, for the page to agree with. */
    protected JsonNode ask(String path, Object body) {
        try {
            String json = JSON.writeValueAsString(body);
            return send(HttpRequest.newBuilder(URI.create(site.url() + path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode send(HttpRequest.Builder request) {
        try {
            var response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return JSON.readTree(response.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Fills a field of a tab and waits for the answer to that. */
    protected void answered(String tab, String field, String text) {
        page.fill(field, text);
        answered(tab);
    }

    /** Waits until a tab has answered what its fields say, or said why not. */
    protected void answered(String tab) {
        page.waitForSelector("#" + tab + "-answers[aria-busy=false]", ATTACHED);
    }

    /** A canned answer, where the server's own would be hard to get. */
    protected static Route.FulfillOptions json(int status, String body) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setContentType("application/json")
                .setBody(body);
    }

    protected Locator figure(String tab, String task) {
        return page.locator("#" + tab + "-answers figure[data-task='" + task + "']");
    }

    protected static List<String> names(JsonNode tasks, boolean pairs) {
        List<String> names = new ArrayList<>();
        for (JsonNode task : tasks.path("tasks")) {
            if (task.path("pairs").asBoolean() == pairs)
                names.add(task.path("name").asText());
        }
        return names;
    }

    /** Keeps what the page looks like, below {@code target} or where {@code polymath.screenshots} says. */
    protected void keep(String name, boolean whole) {
        Path folder = Path.of(System.getProperty("polymath.screenshots", "target/screenshots"));
        page.waitForTimeout(300);
        page.screenshot(
                new Page.ScreenshotOptions().setPath(folder.resolve(name)).setFullPage(whole));
    }
}
