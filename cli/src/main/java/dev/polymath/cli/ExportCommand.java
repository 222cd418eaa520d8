package dev.polymath.cli;

import dev.polymath.run.ModelExport;
import dev.polymath.run.ModelFolder;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymath export}: a model for other programs. */
@Command(name = "export", description = "Writes a model for other programs.")
final class ExportCommand implements Runnable {
    /** What is written; named as on the command line. */
    private enum Format {
        hf,
        onnx
    }

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model folder, or minilm.")
    private Path model;

    @Option(
            names = "--format",
            required = true,
            description =
                    "hf: a folder that transformers and peft open; onnx: a graph a task, from token ids to logits.")
    private Format format;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        ModelFolder folder = ModelFolder.open(model);
        switch (format) {
            case hf -> ModelExport.huggingFace(folder, out);
            case onnx -> ModelExport.onnx(folder, out);
        }
        spec.commandLine().getOut().println("exported: " + out);
    }
}
