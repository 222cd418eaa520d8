package dev.polymath.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** JSON as requests and answers have it: read strictly, written fast. */
final class StrictBody {
    private static final int DEEPEST = 32;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(64)
                            .maxNameLength(1000)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    // Names come from who asks: to keep each would let the table grow.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictBody() {}

    /** Writes one answer. */
    @FunctionalInterface
    interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    /**
     * The object that a body is.
     *
     * @throws Fault if the bytes are not UTF-8, not JSON, or no object
     */
    static Fields read(byte[] body) {
        if (body.length == 0) throw new Fault(Fault.Kind.MALFORMED, "the body is empty; send a JSON object");
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Fault(Fault.Kind.MALFORMED, "the body is not UTF-8");
        }
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            throw new Fault(Fault.Kind.MALFORMED, "the body is not JSON: " + plain(e) + place);
        }
        if (node instanceof ObjectNode object) return new Fields(object);
        throw Fault.invalid("the body is " + Fields.described(node) + "; send a JSON object");
    }

    /** An answer's bytes; lone surrogates are written as escapes. */
    static byte[] written(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            writing.to(json);
        }
        return bytes.toByteArray();
    }

    private static String plain(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        // What the parser quotes may be as long as the body.
        int end = Math.min(message.length(), 200);
        int line = message.indexOf('\n');
        return message.substring(0, line < 0 ? end : Math.min(line, end));
    }
}
