package dev.polymath.run;

import dev.polymath.run.Routes.Route;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What computes a model: hidden states of batches, and what the heads of tasks give for them. Thread-safe; holds native memory
 * until closed.
 */
public interface Engine extends AutoCloseable {
    /** Which engine. */
    enum Kind {
        /** The faster one, as docs/benchmarks.md has it: {@link #ONNX}. */
        AUTO,
        /** ONNX Runtime, on the graphs of the model folder. */
        ONNX,
        /** Libtorch, on the same model parts, from the model folder's weights; where the module learn is on the class path. */
        TORCH;

        /** The name on the command line: {@code auto}, {@code onnx}, {@code torch}. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A task, and the rows of a batch that it is asked of.
     *
     * @param position in its group, the task's or that of another one with the same weights of its own
     * @param from the first of them
     * @param count how many
     */
    record Span(Task task, int position, int from, int count) {
        /** @return for each row the position of the task that it is asked for, integers {@code [rows]} */
        public static Array positions(List<Span> spans, int rows) {
            long[] positions = new long[rows];
            for (Span each : spans) Arrays.fill(positions, each.from, each.from + each.count, each.position);
            return Array.of(positions, rows);
        }
    }

    /** What a head gave for some rows of a batch. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param span the task, and its rows
         * @param outputs of those rows, row-major; valid during the call
         * @param perRow floats of a row: outputs, or padded tokens times outputs
         * @param perToken outputs of a token; 0 where the task gives one answer a row
         */
        void accept(Span span, FloatBuffer outputs, int perRow, int perToken);
    }

    /** By which trunk each task's texts pass. */
    Routes routes();

    /** How many batches it computes faster at the same time, on as many threads of the caller, than one after another. */
    default int batchesAtOnce() {
        return 1;
    }

    /**
     * Passes a batch through a trunk once, and what it gives to the heads of its tasks.
     *
     * @param encodings the rows; the same object where rows of several tasks are of one text
     * @param padId the token id that fills up short rows
     * @param spans which rows go to which head; those that two have in common have the same position in both
     */
    void run(Route route, List<Encoding> encodings, int padId, List<Span> spans, Sink sink);

    /** Passes a batch through a trunk once, and gives the hidden states of all its rows. */
    void states(Route route, List<Encoding> encodings, int padId, Span span, Sink sink);

    /**
     * Compares a query with passages by what a task has of them.
     *
     * @param query {@link Interacting#asked}, row-major
     * @param passages {@link Interacting#kept} of each, row-major; at least one
     * @return a score for each passage
     */
    float[] scores(Interacting task, float[] query, List<float[]> passages);

    /**
     * What is had of passages as one array, with its mask.
     *
     * @param values {@code [passages, items, size]}, 0 where one has fewer items than others
     * @param mask 1 for an item, integers {@code [passages, items]}
     */
    record Items(Array values, Array mask) {
        public static Items of(List<float[]> passages, int size) {
            int most =
                    passages.stream().mapToInt(each -> each.length / size).max().orElse(0);
            float[] values = new float[Math.multiplyExact(passages.size(), most * size)];
            long[] mask = new long[passages.size() * most];
            for (int i = 0; i < passages.size(); i++) {
                float[] own = passages.get(i);
                System.arraycopy(own, 0, values, i * most * size, own.length);
                Arrays.fill(mask, i * most, i * most + own.length / size, 1);
            }
            return new Items(Array.of(values, passages.size(), most, size), Array.of(mask, passages.size(), most));
        }
    }

    @Override
    void close();
}
