package dev.polymath.cli;

import dev.polymath.task.Cut;
import picocli.CommandLine.Option;

/** Which vectors of tasks that were learned to give several are asked for. */
final class CutOptions {
    @Option(
            names = "--dimensions",
            paramLabel = "N",
            description = "Vectors: their first N numbers, which the task lists under matryoshka (default: all).")
    private Integer dimensions;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Vectors: of the first N layers, which the task lists; no other is computed (default: all).")
    private Integer depth;

    /** @throws dev.polymath.InputException if a number is below 0 */
    Cut cut() {
        return changed(Cut.NONE);
    }

    /** The same with what was asked for. */
    Cut changed(Cut there) {
        return new Cut(dimensions == null ? there.dimensions() : dimensions, depth == null ? there.depth() : depth);
    }
}
