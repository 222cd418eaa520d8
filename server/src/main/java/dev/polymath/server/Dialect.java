package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** How faults are written; each family of clients reads its own. */
enum Dialect {
    /** {@code {"error":"...","error_type":"Validation"}}: TEI's, and our own. */
    TEI {
        @Override
        void write(JsonGenerator json, Fault fault) throws IOException {
            json.writeStartObject();
            json.writeStringField("error", fault.getMessage());
            json.writeStringField("error_type", fault.kind().type());
            json.writeEndObject();
        }
    },
    /** {@code {"error":{"message","type","param","code"}}}. What TEI calls 422 is 400 here. */
    OPENAI {
        @Override
        int status(Fault.Kind kind) {
            return kind == Fault.Kind.INVALID ? Fault.Kind.MALFORMED.status() : kind.status();
        }

        @Override
        void write(JsonGenerator json, Fault fault) throws IOException {
            int status = status(fault.kind());
            json.writeStartObject();
            json.writeObjectFieldStart("error");
            json.writeStringField("message", fault.getMessage());
            json.writeStringField(
                    "type",
                    switch (status) {
                        case 401 -> "authentication_error";
                        case 429 -> "rate_limit_error";
                        default -> status < 500 ? "invalid_request_error" : "server_error";
                    });
            json.writeNullField("param");
            if (status == 401) json.writeStringField("code", "invalid_api_key");
            else json.writeNullField("code");
            json.writeEndObject();
            json.writeEndObject();
        }
    };

    int status(Fault.Kind kind) {
        return kind.status();
    }

    abstract void write(JsonGenerator json, Fault fault) throws IOException;
}
