package dev.polymath.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.ErrorHandler;

/** What Jetty itself refuses, before any endpoint sees it: answered as all other faults are, instead of with a page. */
final class UnreadableRequests extends ErrorHandler {
    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
        fields.put(HttpHeader.CONTENT_TYPE, "application/json");
        return ByteBuffer.wrap(body(reason == null ? HttpStatus.getMessage(status) : reason));
    }

    @Override
    public void handle(String target, Request base, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Object reason = request.getAttribute("jakarta.servlet.error.message");
        byte[] body = body(reason == null ? HttpStatus.getMessage(response.getStatus()) : reason.toString());
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        base.setHandled(true);
    }

    private static byte[] body(String reason) {
        Fault fault = new Fault(Fault.Kind.MALFORMED, "the request cannot be read: " + reason);
        try {
            return StrictBody.written(json -> Dialect.TEI.write(json, fault));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
