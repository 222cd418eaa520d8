package dev.polymath.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.polymath.InputException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What has to be known of a {@code tokenizer.json} besides what the tokenizer library makes of it.
 *
 * @param padId the id that fills up short rows
 * @param local whether a token never depends on what stands beyond the next space, so that the end of a long text can be
 *     left out without a look at it
 */
record TokenizerSettings(int padId, boolean local) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> SPLITTING = Set.of("BertPreTokenizer", "Whitespace", "WhitespaceSplit");
    private static final List<String> PADDING = List.of("[PAD]", "<pad>");
    private static final Pattern SPACE_WITHIN = Pattern.compile("\\S ");

    /** @throws InputException if the bytes are not a tokenizer's */
    static TokenizerSettings of(byte[] file) {
        JsonNode padding = MissingNode.getInstance();
        JsonNode added = MissingNode.getInstance();
        JsonNode splitter = MissingNode.getInstance();
        boolean hasModel = false;
        // The vocabulary is most of the file (17 MB for XLM-RoBERTa) and is stepped over.
        try (JsonParser parser = new JsonFactory().setCodec(JSON).createParser(file)) {
            if (parser.nextToken() != JsonToken.START_OBJECT)
                throw new InputException("tokenizer.json is no JSON object");
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                switch (key) {
                    case "padding" -> padding = parser.readValueAsTree();
                    case "added_tokens" -> added = parser.readValueAsTree();
                    case "pre_tokenizer" -> splitter = parser.readValueAsTree();
                    default -> {
                        hasModel |= key.equals("model");
                        parser.skipChildren();
                    }
                }
            }
        } catch (IOException e) {
            throw new InputException("tokenizer.json is not readable as JSON: " + e.getMessage(), e);
        }
        if (!hasModel) throw new InputException("tokenizer.json has no 'model'");
        return new TokenizerSettings(padId(padding, added), isSplitting(splitter) && !hasSpaceWithin(added));
    }

    private static int padId(JsonNode padding, JsonNode added) {
        if (padding.path("pad_id").isInt()) return padding.get("pad_id").intValue();
        for (JsonNode token : added) {
            if (PADDING.contains(token.path("content").asText()))
                return token.path("id").asInt();
        }
        return 0; // masked, so that any id will do
    }

    private static boolean isSplitting(JsonNode splitter) {
        String type = splitter.path("type").asText();
        return switch (type) {
            case "Sequence" -> {
                boolean splitting = false;
                for (JsonNode part : splitter.path("pretokenizers")) splitting |= isSplitting(part);
                yield splitting;
            }
            case "ByteLevel" -> splitter.path("use_regex").asBoolean(true);
            case "Metaspace" -> splitter.path("split").asBoolean(true);
            default -> SPLITTING.contains(type);
        };
    }

    private static boolean hasSpaceWithin(JsonNode added) {
        for (JsonNode token : added) {
            if (SPACE_WITHIN.matcher(token.path("content").asText()).find()) return true;
        }
        return false;
    }
}
