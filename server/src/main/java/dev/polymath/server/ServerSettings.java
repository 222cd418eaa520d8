package dev.polymath.server;

import dev.polymath.InputException;
import dev.polymath.run.Polymath;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a server serves.
 *
 * @param host the address to listen on; a name or a number
 * @param port to listen on; 0 for any that is free
 * @param batching how texts of many requests are gathered
 * @param limits what one request may ask
 * @param computing threads, precision and engine of the model, and how many tokens of a pass are computed at once
 * @param keys a file with a bearer key a line, lines that begin with {@code #} aside; null where anyone may ask
 * @param tls what to encrypt with, or null
 * @param accessLog the file that a line of JSON a request is added to, or null
 * @param index the folder of an index of {@code polymath index} to search in, or null
 */
public record ServerSettings(
        String host,
        int port,
        Batching batching,
        Limits limits,
        Polymath.Settings computing,
        Path keys,
        Tls tls,
        Path accessLog,
        Path index) {
    /** Loopback, port 8080, no keys, no encryption, no log. */
    public static final ServerSettings DEFAULT = new ServerSettings(
            "127.0.0.1", 8080, Batching.DEFAULT, Limits.DEFAULT, Polymath.Settings.DEFAULT, null, null, null);

    /**
     * How texts are gathered.
     *
     * @param tokens of a pass at most, about
     * @param delay that a text waits for others
     * @param queue texts that wait at most; more are turned away with 429
     * @param longest that a text shall have to wait, judged by how fast texts are being computed; what would wait longer is
     *     turned away with 429, for its sender would hardly wait that long
     */
    public record Batching(int tokens, Duration delay, int queue, Duration longest) {
        /** 1,024 tokens, 3 ms, 2,048 texts, 10 s. */
        public static final Batching DEFAULT = new Batching(1024, Duration.ofMillis(3), 2048);

        /** With waits of up to 10 s. */
        public Batching(int tokens, Duration delay, int queue) {
            this(tokens, delay, queue, Duration.ofSeconds(10));
        }

        public Batching {
            Checks.require(!longest.isNegative(), "waits of up to " + longest.toMillis() + " ms; give 0 or more");
            Checks.require(tokens >= 1, "a pass of " + tokens + " tokens; give at least 1");
            Checks.require(!delay.isNegative(), "a delay of " + delay.toMillis() + " ms; give 0 or more");
            Checks.require(queue >= 1, "a queue of " + queue + " texts; give at least 1");
        }
    }

    /**
     * What one request may ask.
     *
     * @param texts of a request
     * @param characters of a text, in UTF-16 units
     * @param bodyBytes of a request's body
     * @param bodyTime in which a body must have come
     */
    public record Limits(int texts, int characters, long bodyBytes, Duration bodyTime) {
        /** 2,048 texts (as OpenAI has it), 1,000,000 characters, 8 MiB, 20 s. */
        public static final Limits DEFAULT = new Limits(2048, 1_000_000, 8 << 20, Duration.ofSeconds(20));

        public Limits {
            Checks.require(texts >= 1, "requests of " + texts + " texts; give at least 1");
            Checks.require(characters >= 1, "texts of " + characters + " characters; give at least 1");
            Checks.require(
                    bodyBytes >= 1 && bodyBytes <= 1 << 30,
                    "bodies of " + bodyBytes + " bytes; give 1 to " + (1 << 30));
        }
    }

    /**
     * What to encrypt with.
     *
     * @param certificate a PEM file with the certificate, and those that it stands on
     * @param key a PEM file with its private key, in PKCS #8
     */
    public record Tls(Path certificate, Path key) {}

    public ServerSettings {
        Checks.require(port >= 0 && port <= 65_535, "there is no port " + port + "; give 0 to 65535");
    }

    /** Without an index. */
    public ServerSettings(
            String host,
            int port,
            Batching batching,
            Limits limits,
            Polymath.Settings computing,
            Path keys,
            Tls tls,
            Path accessLog) {
        this(host, port, batching, limits, computing, keys, tls, accessLog, null);
    }

    /** These, on another port. */
    public ServerSettings onPort(int other) {
        return new ServerSettings(host, other, batching, limits, computing, keys, tls, accessLog, index);
    }

    /** These, with an index. */
    public ServerSettings searching(Path folder) {
        return new ServerSettings(host, port, batching, limits, computing, keys, tls, accessLog, folder);
    }

    /** Apart: the records within are made while this one's standard is, and must not wait for it. */
    private static final class Checks {
        static void require(boolean holds, String message) {
            if (!holds) throw new InputException(message);
        }
    }
}
