package dev.polymath.server;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;

/** Whether the client of a request still waits. */
final class ClientConnection {
    private static final int AHEAD = 256;

    private ClientConnection() {}

    /**
     * A question to ask while a request, whose body has been read, waits for its answer. A client that closes its connection
     * is seen only by reading from it, and the server does not read while it owes an answer. What a client has sent
     * ahead is given back to the connection; after that, it is taken to wait.
     */
    static BooleanSupplier gone(HttpServletRequest request) {
        Request jetty = Request.getBaseRequest(request);
        if (jetty == null || !(jetty.getHttpChannel().getConnection() instanceof HttpConnection connection))
            return () -> false;
        return new BooleanSupplier() {
            private boolean sentAhead;

            @Override
            public boolean getAsBoolean() {
                EndPoint end = connection.getEndPoint();
                if (!end.isOpen()) return true;
                if (sentAhead || !connection.isRequestBufferEmpty()) return false;
                try {
                    ByteBuffer some = BufferUtil.allocate(AHEAD);
                    int count = end.fill(some);
                    if (count < 0) return true;
                    if (count > 0) {
                        sentAhead = true;
                        connection.onUpgradeTo(some);
                    }
                    return false;
                } catch (IOException e) {
                    return true;
                }
            }
        };
    }
}
