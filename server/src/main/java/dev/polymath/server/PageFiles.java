package dev.polymath.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Pattern;

/** The page's files, from the class path. */
final class PageFiles {
    /** Names without folders, so that none leads out of the page's own. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2");

    private PageFiles() {}

    static Route route() {
        return Route.get("/page/{file}", true, exchange -> {
            String name = exchange.context().pathParam("file");
            if (!send(exchange.context(), name)) {
                throw new Fault(Fault.Kind.NOT_FOUND, "the page has no file '" + Fields.shortened(name) + "'");
            }
        });
    }

    /** Answers with a file, if there is such. */
    static boolean send(Context context, String name) throws IOException {
        if (!NAME.matcher(name).matches()) return false;
        try (InputStream file = PageFiles.class.getResourceAsStream("page/" + name)) {
            if (file == null) return false;
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            context.contentType(type == null ? "application/octet-stream" : type)
                    .header("Cache-Control", "no-cache")
                    .header("X-Content-Type-Options", "nosniff")
                    .result(file.readAllBytes());
            return true;
        }
    }
}
