package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.server.PolymathServer;
import dev.polymath.server.ServerSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath serve}: a model over HTTP, until Ctrl-C or a polite kill. */
@Command(name = "serve", description = "Answers over HTTP, until Ctrl-C.", showDefaultValues = true)
final class ServeCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, or minilm.")
    private Path model;

    @Option(names = "--host", paramLabel = "HOST", description = "The address to listen on; 0.0.0.0 for all.")
    private String host = ServerSettings.DEFAULT.host();

    @Option(names = "--port", paramLabel = "N", description = "The port; 0 for any that is free.")
    private int port = ServerSettings.DEFAULT.port();

    @Option(names = "--batch-tokens", paramLabel = "N", description = "Tokens of a pass at most, about.")
    private int batchTokens = ServerSettings.Batching.DEFAULT.tokens();

    @Option(names = "--delay-ms", paramLabel = "N", description = "How long a text waits for others to share its pass.")
    private int delay = (int) ServerSettings.Batching.DEFAULT.delay().toMillis();

    @Option(
            names = "--queue",
            paramLabel = "N",
            description = "Texts that wait at most; more are turned away with 429.")
    private int queue = ServerSettings.Batching.DEFAULT.queue();

    @Option(
            names = "--max-wait-ms",
            paramLabel = "N",
            description = "What would wait longer, as fast as texts are being computed, is turned away with 429.")
    private long maxWait = ServerSettings.Batching.DEFAULT.longest().toMillis();

    @Option(names = "--max-texts", paramLabel = "N", description = "Texts of a request at most.")
    private int maxTexts = ServerSettings.Limits.DEFAULT.texts();

    @Option(names = "--max-characters", paramLabel = "N", description = "Characters of a text at most.")
    private int maxCharacters = ServerSettings.Limits.DEFAULT.characters();

    @Option(names = "--max-body", paramLabel = "BYTES", description = "Bytes of a request's body at most.")
    private long maxBody = ServerSettings.Limits.DEFAULT.bodyBytes();

    @Option(names = "--threads", paramLabel = "N", description = "Threads that a pass computes with; 0 for one a core.")
    private int threads = ServerSettings.DEFAULT.computing().threads();

    @Mixin
    private ComputingOptions computing;

    @Option(names = "--keys", paramLabel = "FILE", description = "Bearer keys, one a line; without it anyone may ask.")
    private Path keys;

    @Option(names = "--cert", paramLabel = "PEM", description = "The certificate to encrypt with; with --key.")
    private Path certificate;

    @Option(names = "--key", paramLabel = "PEM", description = "The certificate's private key, in PKCS #8.")
    private Path key;

    @Option(names = "--access-log", paramLabel = "FILE", description = "Adds a line of JSON a request to this file.")
    private Path accessLog;

    @Option(
            names = "--index",
            paramLabel = "INDEX",
            description = "An index of 'polymath index' with this model's vectors, to search in at /v1/search.")
    private Path index;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if ((certificate == null) != (key == null)) {
            throw new InputException(
                    "--cert and --key go together; " + (key == null ? "--key" : "--cert") + " is missing");
        }
        PrintWriter err = spec.commandLine().getErr();
        PolymathServer server = PolymathServer.start(model, settings(), (request, failure) -> {
            err.println("polymath: request " + request + " met a fault of Polymath's own:");
            failure.printStackTrace(err);
            err.flush();
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println("polymath: serving " + model + " at " + server.address() + " (Ctrl-C stops)");
        out.flush();
        try (server) {
            StopSignals.await();
        }
    }

    private ServerSettings settings() {
        if (delay < 0) throw new InputException("--delay-ms is " + delay + "; give 0 or more");
        if (maxWait < 0) throw new InputException("--max-wait-ms is " + maxWait + "; give 0 or more");
        if (threads < 0) throw new InputException("--threads is " + threads + "; give 0 for one a core, or more");
        return new ServerSettings(
                host,
                port,
                new ServerSettings.Batching(batchTokens, Duration.ofMillis(delay), queue, Duration.ofMillis(maxWait)),
                new ServerSettings.Limits(maxTexts, maxCharacters, maxBody, ServerSettings.Limits.DEFAULT.bodyTime()),
                computing.settings().withThreads(threads),
                keys,
                certificate == null ? null : new ServerSettings.Tls(certificate, key),
                accessLog,
                index);
    }
}
