package dev.polymath.learn;

import java.nio.file.Path;

/** Training was asked to stop, and left a checkpoint to go on from. */
public final class TrainingStopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path checkpoint;
    private final long step;

    TrainingStopped(Path checkpoint, long step) {
        super("stopped at step " + step);
        this.checkpoint = checkpoint;
        this.step = step;
    }

    /** The folder of the checkpoint; null if none was asked for. */
    public Path checkpoint() {
        return checkpoint;
    }

    /** Steps done. */
    public long step() {
        return step;
    }
}
