package dev.polymath.data;

import dev.polymath.InputException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of a UTF-8 file, decoded strictly: a byte that is not UTF-8 stops the reading with its line and offset. A
 * byte order mark is passed over. A line ends with LF; what comes before it, a CR included, belongs to the line, because
 * a quoted CSV field may hold it.
 */
final class LineReader implements Closeable {
    private final Path file;
    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final byte[] block = new byte[1 << 16];
    private int blockFrom;
    private int blockTo;
    private byte[] bytes = new byte[256];
    private int length;
    private long lineStart;
    private long line;

    /** @throws InputException if the file cannot be opened */
    LineReader(Path file) {
        this.file = file;
        try {
            this.in = Files.newInputStream(file);
        } catch (IOException e) {
            throw InputException.at(file, 0, "cannot be read: " + e.getMessage());
        }
    }

    /** The line that {@link #next} gave last, from 1; 0 before the first. */
    long line() {
        return line;
    }

    /**
     * The next line with its end, or null after the last one.
     *
     * @throws InputException at a byte that is not UTF-8
     */
    String next() {
        lineStart += length;
        length = 0;
        try {
            while (fill()) {
                int end = blockFrom;
                while (end < blockTo && block[end] != '\n') end++;
                boolean complete = end < blockTo;
                keep(complete ? end + 1 : end);
                if (complete) break;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (length == 0) return null;
        line++;
        String text = decode();
        return line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** The next line without its end (LF or CR LF), or null after the last one. */
    String nextText() {
        String text = next();
        if (text == null) return null;
        int end = text.length();
        if (end > 0 && text.charAt(end - 1) == '\n') end--;
        if (end > 0 && text.charAt(end - 1) == '\r') end--;
        return text.substring(0, end);
    }

    private boolean fill() throws IOException {
        if (blockFrom < blockTo) return true;
        blockFrom = 0;
        blockTo = in.read(block);
        return blockTo > 0;
    }

    private void keep(int end) {
        int count = end - blockFrom;
        if (length + count > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
        System.arraycopy(block, blockFrom, bytes, length, count);
        length += count;
        blockFrom = end;
    }

    private String decode() {
        ByteBuffer source = ByteBuffer.wrap(bytes, 0, length);
        CharBuffer target = CharBuffer.allocate(length);
        CoderResult result = decoder.reset().decode(source, target, true);
        if (result.isError()) throw broken(source.position());
        return target.flip().toString();
    }

    private InputException broken(int at) {
        String advice = lineStart + at < 2 && (bytes[0] & 0xFE) == 0xFE
                ? "it looks like UTF-16; save it as UTF-8"
                : "data files are UTF-8; if this one is Windows-1252, 'iconv -f WINDOWS-1252 -t UTF-8' converts it";
        return InputException.at(
                file,
                line,
                "byte 0x%02X at offset %d is not UTF-8; %s".formatted(bytes[at] & 0xFF, lineStart + at, advice));
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
