package dev.polymath.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.InputException;
import dev.polymath.run.Input;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lines to predict for, in UTF-8: plain texts, each line one, also an empty one; or JSON objects with {@code text} and
 * perhaps {@code text2}. The file's name ({@code .jsonl}) or its first line (an object with {@code text}) says which.
 */
final class InputLines implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final InputStream in;
    private Boolean json;
    private long line;

    private InputLines(String name, InputStream in) {
        this.name = name;
        this.in = new BufferedInputStream(in, 1 << 16);
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) json = true;
    }

    /**
     * The lines of a file, or of standard input.
     *
     * @param file null for standard input
     * @throws InputException if there is no such file, or it cannot be read
     */
    static InputLines of(Path file) {
        if (file == null) return new InputLines("standard input", System.in);
        if (!Files.exists(file)) throw InputException.at(file, 0, "there is no such file");
        if (Files.isDirectory(file)) throw InputException.at(file, 0, "is a folder; a file is expected");
        try {
            return new InputLines(file.toString(), Files.newInputStream(file));
        } catch (IOException e) {
            throw InputException.at(file, 0, "cannot be read: " + FileFaults.reason(e));
        }
    }

    /**
     * Reads a line, and adds what it asks; empty lines of JSONL ask nothing.
     *
     * @return false after the last line
     * @throws InputException if it is not UTF-8, or the lines are JSON and this one is not an object with a text
     */
    boolean readInto(List<Input> inputs) {
        String text = next();
        if (text == null) return false;
        if (json == null) json = looksLikeJson(text);
        if (!json) inputs.add(new Input(text, null));
        else if (!text.isBlank()) inputs.add(parse(text));
        return true;
    }

    /** Whether there is more to read without waiting for it. */
    boolean ready() {
        try {
            return in.available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A fault of the line that was read last. */
    InputException fault(String message) {
        return new InputException(name + ":" + Math.max(1, line) + ": " + message);
    }

    private String next() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            int next = in.read();
            if (next < 0) return null;
            for (; next >= 0 && next != '\n'; next = in.read()) bytes.write(next);
        } catch (IOException e) {
            throw new InputException(name + ": cannot be read: " + FileFaults.reason(e), e);
        }
        line++;
        String text = decoded(bytes.toByteArray());
        if (text.endsWith("\r")) text = text.substring(0, text.length() - 1);
        return line == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw fault("this line is not UTF-8; if it is Windows-1252, 'iconv -f WINDOWS-1252 -t UTF-8' converts it");
        }
    }

    private Input parse(String text) {
        try {
            JsonNode object = JSON.readTree(text);
            if (!object.isObject()) throw fault("not a JSON object with a \"text\": " + shortened(text));
            JsonNode first = object.get("text");
            if (first == null) throw fault("there is no \"text\" in " + shortened(text));
            if (!first.isTextual()) throw fault("\"text\" is not a text in " + shortened(text));
            JsonNode second = object.get("text2");
            if (second == null || second.isNull()) return new Input(first.asText(), null);
            if (!second.isTextual()) throw fault("\"text2\" is not a text in " + shortened(text));
            return new Input(first.asText(), second.asText());
        } catch (JsonProcessingException e) {
            throw fault("not JSON: " + shortened(text) + " (" + e.getOriginalMessage() + ")");
        }
    }

    private static boolean looksLikeJson(String text) {
        if (!text.stripLeading().startsWith("{")) return false;
        try {
            JsonNode object = JSON.readTree(text);
            return object.isObject() && object.has("text");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= 80
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 80)) + "...";
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
