package dev.polymath.server;

/** A request that is not answered as asked; the message is written for who sent it. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong: the HTTP status, and the name that TEI gives it. */
    enum Kind {
        EMPTY(400, "Empty"),
        MALFORMED(400, "Validation"),
        UNAUTHORIZED(401, "Unauthorized"),
        FORBIDDEN(403, "Forbidden"),
        NOT_FOUND(404, "Validation"),
        WRONG_METHOD(405, "Validation"),
        TOO_SLOW(408, "Validation"),
        TOO_LARGE(413, "Validation"),
        WRONG_CONTENT(415, "Validation"),
        INVALID(422, "Validation"),
        NOT_OF_THIS_MODEL(424, "Backend"),
        OVERLOADED(429, "Overloaded"),
        /** Nobody reads the answer; the status is nginx's, for logs. */
        GONE(499, "Validation"),
        INTERNAL(500, "Backend"),
        STOPPING(503, "Unhealthy");

        private final int status;
        private final String type;

        Kind(int status, String type) {
            this.status = status;
            this.type = type;
        }

        int status() {
            return status;
        }

        String type() {
            return type;
        }
    }

    private final Kind kind;

    Fault(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** A value that is not as it must be. */
    static Fault invalid(String message) {
        return new Fault(Kind.INVALID, message);
    }

    Kind kind() {
        return kind;
    }

    /** Faults are answers, and many come at once when the server is overloaded: no stack trace is taken. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
