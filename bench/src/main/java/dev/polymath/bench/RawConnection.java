package dev.polymath.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTTP by the byte, for requests that no client would send; one connection after another, each until the server closes it. */
final class RawConnection implements AutoCloseable {
    private static final int PATIENCE = 60_000;

    /** An answer. */
    record Answer(int status, String body) {}

    private final int port;
    private Socket socket;
    private InputStream in;

    RawConnection(int port) {
        this.port = port;
    }

    /** Sends all bytes of a request, and reads the answer. */
    Answer send(byte[] request) throws IOException {
        open();
        try {
            socket.getOutputStream().write(request);
        } catch (IOException refused) {
            // The server may have answered without reading on; then the answer is there.
        }
        return answer();
    }

    /** Sends the beginning of a request, then a byte now and then, until the server has answered. */
    Answer drip(byte[] beginning, long everyMillis) throws IOException, InterruptedException {
        open();
        socket.getOutputStream().write(beginning);
        while (socket.getInputStream().available() == 0) {
            Thread.sleep(everyMillis);
            try {
                socket.getOutputStream().write(' ');
            } catch (IOException refused) {
                break;
            }
        }
        return answer();
    }

    private void open() throws IOException {
        if (socket != null) return;
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private Answer answer() throws IOException {
        String first = line();
        int length = 0;
        boolean last = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
            last |= lower.equals("connection: close");
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (last) close();
        return new Answer(Integer.parseInt(first.split(" ")[1]), body);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) throw new IOException("the connection was closed without an answer");
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) socket.close();
        socket = null;
    }
}
