package dev.polymath.server;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** The bytes of a request's body, within limits of size and time. */
final class RequestBody {
    private static final int CHUNK = 16_384;

    private RequestBody() {}

    /** @throws Fault if it is said not to be JSON, is larger than allowed, or comes too slowly */
    static byte[] read(HttpServletRequest request, ServerSettings.Limits limits) throws IOException {
        requireJson(request);
        if (request.getContentLengthLong() > limits.bodyBytes()) throw tooLarge(limits);
        long deadline = System.nanoTime() + limits.bodyTime().toNanos();
        InputStream stream = request.getInputStream();
        ByteArrayOutputStream body =
                new ByteArrayOutputStream((int) Math.max(32, Math.min(request.getContentLengthLong(), CHUNK)));
        byte[] chunk = new byte[CHUNK];
        for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
            body.write(chunk, 0, count);
            if (body.size() > limits.bodyBytes()) throw tooLarge(limits);
            // Each read alone may be fast enough, a byte at a time.
            if (System.nanoTime() > deadline) {
                throw new Fault(
                        Fault.Kind.TOO_SLOW,
                        "the body has not come within " + limits.bodyTime().toSeconds() + " s");
            }
        }
        return body.toByteArray();
    }

    private static Fault tooLarge(ServerSettings.Limits limits) {
        return new Fault(
                Fault.Kind.TOO_LARGE, "the body is larger than " + limits.bodyBytes() + " bytes; send fewer texts");
    }

    private static void requireJson(HttpServletRequest request) {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new Fault(Fault.Kind.WRONG_CONTENT, "bodies in " + Fields.shortened(encoding) + " are not read");
        }
        String type = request.getContentType();
        if (type == null) return;
        String[] parts = type.toLowerCase(Locale.ROOT).split(";");
        String essence = parts.length == 0 ? "" : parts[0].strip();
        if (!essence.equals("application/json") && !essence.matches("[a-z]+/[a-z0-9.-]*\\+?json")) {
            throw new Fault(
                    Fault.Kind.WRONG_CONTENT,
                    "the content type is '" + Fields.shortened(type) + "'; send application/json");
        }
        for (String part : parts) {
            String parameter = part.strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                throw new Fault(
                        Fault.Kind.WRONG_CONTENT,
                        "the charset is '" + Fields.shortened(parameter.substring(8)) + "'; send UTF-8");
            }
        }
    }
}
