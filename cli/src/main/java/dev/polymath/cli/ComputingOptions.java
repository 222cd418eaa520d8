package dev.polymath.cli;

import dev.polymath.run.Engine;
import dev.polymath.run.Polymath;
import dev.polymath.run.Precision;
import picocli.CommandLine.Option;

/** How a command that uses a model computes it. */
final class ComputingOptions {
    @Option(
            names = "--precision",
            paramLabel = "auto|fp32|bf16|int8",
            description = "auto (default): the faster one that the model has. bf16: on the engine torch alone.",
            defaultValue = "auto")
    private Precision precision;

    @Option(
            names = "--engine",
            paramLabel = "auto|onnx|torch",
            description = "auto (default): ONNX Runtime. torch: what training computes with.",
            defaultValue = "auto")
    private Engine.Kind engine;

    /** With all else as it is by default. */
    Polymath.Settings settings() {
        return Polymath.Settings.DEFAULT.with(precision).with(engine);
    }
}
