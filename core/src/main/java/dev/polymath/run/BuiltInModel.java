package dev.polymath.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.model.Pretrained;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Embed;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The built-in backbone as a model of one task, {@code embed}: mean pooling, vectors of length 1, as
 * sentence-transformers gives them for all-MiniLM-L6-v2. Texts are cut to 256 tokens, as there. It is written to the
 * user's cache when it is first opened, which takes about two seconds and 90 MB, so that all that works on model folders
 * works on it; with graphs in int8 beside, 11 MB more, when it is first opened to be computed so.
 *
 * <p>It has no labelled rows to hold int8 to. So the mean cosine between the vectors in int8 and those in F32 is held to {@code
 * 1 - LIMIT / 100}, over texts that come with the program ({@code texts.txt}); projections stay in F32 until that is so.
 */
final class BuiltInModel {
    /** What stands for it where a model folder is asked for. */
    static final Path NAME = Path.of(Pretrained.BUILT_IN);

    /**
     * In hundredths. The mean cosine is 0.9956 with all projections in int8, which costs 0.1 points of Spearman on the test
     * rows of the STS benchmark.
     */
    static final double LIMIT = 0.5;

    private static final String TEXTS = "texts.txt";
    private static final String INT8 = "-int8";
    private static final int MAX_TOKENS = 256;

    private BuiltInModel() {}

    /** Its folder, written now if it is not there. */
    static Path folder() {
        // By the classes that write it: another program's graphs may differ.
        String program = ProgramDigest.of(name -> true, BuiltInModel.class);
        Path folder = UserCache.folder().resolve("models").resolve(NAME + "-" + program.substring(0, 12));
        if (!Files.exists(folder)) ModelFolder.write(folder, contents());
        return folder;
    }

    /** Whether a folder is its name, and no folder that happens to be called so. */
    static boolean isNamed(Path folder) {
        return folder.equals(NAME) && !Files.exists(folder);
    }

    /**
     * The folder to open for its name: with int8 graphs where the settings name them, written now if it is not there. Not for
     * {@link Precision#AUTO}: who says no more than its name gets the vectors that everybody else computes with these weights.
     */
    static Path folder(Polymath.Settings settings) {
        return settings.precision() == Precision.INT8 && settings.engine() != Engine.Kind.TORCH
                ? quantized()
                : folder();
    }

    private static synchronized Path quantized() {
        Path floats = folder();
        Path folder = floats.resolveSibling(floats.getFileName() + INT8);
        if (Files.exists(folder)) return folder;
        // Trials are written beside it, where another process that does the same would take them for left over.
        Path lock = floats.resolveSibling("." + folder.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            if (!Files.exists(folder)) quantize(ModelFolder.open(floats), folder);
        } catch (IOException e) {
            throw AtomicFolder.failure(folder, e);
        }
        return folder;
    }

    private static void quantize(ModelFolder model, Path folder) {
        List<Example> rows =
                texts().stream().map(text -> new Example(text, null, null, 0)).toList();
        Yardstick cosines = Yardstick.cosines(model, rows);
        Quantization done = new Quantizer(model, folder, cosines, LIMIT, progress -> {}).quantize();
        if (done == null) throw new IllegalStateException("the built-in model cannot be computed in int8");
    }

    /** Those that int8 is measured on: of one word to a paragraph, of several subjects, in the language that the model reads. */
    static List<String> texts() {
        try (InputStream in = BuiltInModel.class.getResourceAsStream(TEXTS)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ModelFolder.Contents contents() {
        Pretrained pretrained = Pretrained.open(Pretrained.BUILT_IN, 0);
        Task embed = new Embedder(Embed.TYPE, Poolings.MEAN);
        SharingGroup group = new SharingGroup("hard", new PartSpec("hard", Map.of()), List.of(embed.name()));
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.putObject("tasks");
        return new ModelFolder.Contents(
                pretrained.name(),
                pretrained.config(),
                pretrained.weights(),
                pretrained.tokenizer(),
                List.of(embed),
                List.of(group),
                new PartSpec("equal", Map.of()),
                MAX_TOKENS,
                report);
    }
}
