package dev.polymath.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.polymath.InputException;
import dev.polymath.task.Task;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Array;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The graphs of a model in ONNX Runtime: the trunk from the beginning, each head when it is first asked. Thread-safe. */
final class Graphs implements AutoCloseable {
    /** What a head gave for the rows of a batch. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param outputs of all rows, row-major; valid during the call
         * @param perRow floats of a row: outputs, or padded tokens times outputs
         * @param perToken outputs of a token; 0 where the task gives one answer a row
         */
        void accept(Task task, FloatBuffer outputs, int perRow, int perToken);
    }

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ModelFolder folder;
    private final boolean byTask;
    private final OrtSession trunk;
    private final Map<String, OrtSession> heads = new ConcurrentHashMap<>();

    /** @param threads that the trunk computes with; 0 for as many as there are cores */
    Graphs(ModelFolder folder, int threads) {
        this.folder = folder;
        this.byTask = folder.byTask();
        this.trunk = session(folder.trunk(), threads);
    }

    /**
     * Passes a batch through the trunk once, and what it gives to the head of each task.
     *
     * @param taskOfRow the position of each row's task, I64 {@code [rows]}; read only where the model is {@link
     *     ModelFolder#byTask}
     */
    void run(TokenBatch batch, Array taskOfRow, List<Task> tasks, Sink sink) {
        try (OnnxTensor ids = tensor(batch.ids());
                OnnxTensor mask = tensor(batch.mask());
                OnnxTensor types = tensor(batch.types());
                OnnxTensor rowTasks = tensor(taskOfRow)) {
            Map<String, OnnxTensor> inputs =
                    new HashMap<>(Map.of(ServingGraphs.IDS, ids, ServingGraphs.MASK, mask, ServingGraphs.TYPES, types));
            if (byTask) inputs.put(ServingGraphs.TASKS, rowTasks);
            try (OrtSession.Result states = trunk.run(inputs)) {
                for (Task task : tasks) head(task, (OnnxTensor) states.get(0), mask, sink);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the model cannot be computed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            trunk.close();
            for (OrtSession head : heads.values()) head.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The states go from one graph to the next as they lie in native memory. */
    private void head(Task task, OnnxTensor states, OnnxTensor mask, Sink sink) throws OrtException {
        // A head is one small product: more threads than the caller's would cost more than they save.
        OrtSession head = heads.computeIfAbsent(task.name(), name -> session(folder.head(task), 1));
        try (OrtSession.Result result = head.run(Map.of(ServingGraphs.STATES, states, ServingGraphs.MASK, mask))) {
            OnnxTensor outputs = (OnnxTensor) result.get(0);
            long[] shape = outputs.getInfo().getShape();
            int last = (int) shape[shape.length - 1];
            boolean tokens = shape.length == 3;
            sink.accept(task, outputs.getFloatBuffer(), tokens ? (int) shape[1] * last : last, tokens ? last : 0);
        }
    }

    private OrtSession session(Path graph, int threads) {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            return environment.createSession(graph.toString(), options);
        } catch (OrtException e) {
            throw new InputException(graph + ": ONNX Runtime cannot open it: " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(Array array) throws OrtException {
        return OnnxTensor.createTensor(environment, array.data().asLongBuffer(), array.shape());
    }
}
