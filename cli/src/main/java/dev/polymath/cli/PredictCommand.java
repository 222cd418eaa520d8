package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymath predict}: answers for lines of text. */
@Command(name = "predict", description = "Answers for lines of text, or JSONL with text[, text2]; JSONL out.")
final class PredictCommand implements Runnable {
    /** Lines answered together: enough to fill batches of like length, few enough to hold in memory. */
    private static final int CHUNK = 1024;

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder.")
    private Path model;

    @Option(names = "--tasks", split = ",", paramLabel = "NAME", description = "Only these tasks; all without it.")
    private List<String> tasks = new ArrayList<>();

    @Option(names = "--in", paramLabel = "FILE", description = "Reads this file instead of standard input.")
    private Path in;

    @Option(names = "--out", paramLabel = "FILE", description = "Writes this file instead of standard output.")
    private Path out;

    @Override
    public void run() {
        try (Polymath polymath = Polymath.open(model)) {
            if (in != null && !Files.isRegularFile(in)) throw InputException.at(in, 0, "there is no such file");
            try (InputStream stream = in == null ? System.in : Files.newInputStream(in);
                    BufferedReader lines = reader(stream)) {
                if (out == null) answer(polymath, lines, writer(System.out));
                else answerToFile(polymath, lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file appears only once it is whole. */
    private void answerToFile(Polymath polymath, BufferedReader lines) throws IOException {
        Path target = out.toAbsolutePath();
        if (!Files.isDirectory(target.getParent())) {
            throw InputException.at(out, 0, "the folder " + target.getParent() + " does not exist");
        }
        Path part = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".writing");
        try {
            try (Writer writer = writer(Files.newOutputStream(part))) {
                answer(polymath, lines, writer);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void answer(Polymath polymath, BufferedReader lines, Writer writer) throws IOException {
        InputLines inputs = new InputLines(in == null ? Path.of("standard input") : in);
        List<Input> chunk = new ArrayList<>();
        while (true) {
            String line = next(lines, inputs);
            if (line != null) chunk.add(inputs.parse(line));
            // Somebody who types, or pipes line by line, gets each answer at once.
            boolean idle = line == null || !lines.ready();
            if (!chunk.isEmpty() && (idle || chunk.size() == CHUNK)) {
                for (Prediction prediction : polymath.predict(chunk, tasks)) {
                    writer.write(prediction.json().toString());
                    writer.write('\n');
                }
                writer.flush();
                chunk.clear();
            }
            if (line == null) return;
        }
    }

    private static String next(BufferedReader lines, InputLines inputs) throws IOException {
        try {
            return lines.readLine();
        } catch (CharacterCodingException e) {
            throw inputs.fault("not UTF-8 (near this line)");
        }
    }

    private static BufferedReader reader(InputStream stream) {
        return new BufferedReader(new InputStreamReader(
                stream,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    private static Writer writer(java.io.OutputStream stream) {
        return new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    }
}
