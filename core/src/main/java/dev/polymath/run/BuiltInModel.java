package dev.polymath.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.model.Pretrained;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Embed;
import dev.polymath.task.Embedder;
import dev.polymath.task.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The built-in backbone as a model of one task, {@code embed}: mean pooling, vectors of length 1, as
 * sentence-transformers gives them for all-MiniLM-L6-v2. Texts are cut to 256 tokens, as there. It is written to the
 * user's cache when it is first opened, which takes about two seconds and 90 MB, so that all that works on model folders
 * works on it.
 */
final class BuiltInModel {
    /** What stands for it where a model folder is asked for. */
    static final Path NAME = Path.of(Pretrained.BUILT_IN);

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
