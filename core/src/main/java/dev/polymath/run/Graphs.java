package dev.polymath.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.polymath.InputException;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Array;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The graphs of a model in ONNX Runtime; but for the first group's trunk, each when it is first asked. Thread-safe. */
final class Graphs implements AutoCloseable {
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

    /** What a trunk gave for a batch, and the batch's mask; valid during the call. */
    @FunctionalInterface
    private interface StatesSink {
        void accept(OnnxTensor states, OnnxTensor mask) throws OrtException;
    }

    /**
     * A task, and the rows of a batch that it is asked of.
     *
     * @param position the task's, in its group
     * @param from the first of them
     * @param count how many
     */
    record Span(Task task, int position, int from, int count) {}

    /** A group's trunk, with the own weights of its tasks as tensors by their inputs' names; none where it has no such. */
    private record Trunk(OrtSession session, Map<String, OnnxTensor> own) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ModelFolder folder;
    private final int threads;
    private final Map<SharingGroup, Trunk> trunks = new ConcurrentHashMap<>();
    private final Map<String, OrtSession> heads = new ConcurrentHashMap<>();

    /** @param threads that a trunk computes with; 0 for as many as there are cores */
    Graphs(ModelFolder folder, int threads) {
        this.folder = folder;
        this.threads = threads;
        if (!folder.groups().isEmpty()) trunk(folder.groups().get(0));
    }

    /** Passes a batch through a group's trunk once, and what it gives to the heads of its tasks. */
    void run(SharingGroup group, TokenBatch batch, List<Span> spans, Sink sink) {
        trunk(group, batch, spans, (states, mask) -> heads(batch, states, mask, spans, sink));
    }

    /** Passes a batch through a group's trunk once, and gives the hidden states of all its rows. */
    void states(SharingGroup group, TokenBatch batch, Span span, Sink sink) {
        trunk(group, batch, List.of(span), (states, mask) -> {
            int width = (int) states.getInfo().getShape()[2];
            sink.accept(span, states.getFloatBuffer(), batch.tokens() * width, width);
        });
    }

    private void trunk(SharingGroup group, TokenBatch batch, List<Span> spans, StatesSink sink) {
        Trunk trunk = trunk(group);
        try (OnnxTensor ids = tensor(batch.ids());
                OnnxTensor mask = tensor(batch.mask());
                OnnxTensor types = tensor(batch.types());
                OnnxTensor tasks = tensor(taskOfRow(batch.rows(), spans))) {
            Map<String, OnnxTensor> inputs = new HashMap<>(trunk.own);
            inputs.put(ServingGraphs.IDS, ids);
            inputs.put(ServingGraphs.MASK, mask);
            inputs.put(ServingGraphs.TYPES, types);
            if (!trunk.own.isEmpty()) inputs.put(ServingGraphs.TASKS, tasks);
            try (OrtSession.Result result = trunk.session.run(inputs)) {
                sink.accept((OnnxTensor) result.get(0), mask);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the model cannot be computed: " + e.getMessage(), e);
        }
    }

    /** Whether the rows of a group's batch must be told which task they are asked for. */
    boolean byTask(SharingGroup group) {
        return !trunk(group).own.isEmpty();
    }

    @Override
    public void close() {
        try {
            for (Trunk trunk : trunks.values()) {
                trunk.session.close();
                trunk.own.values().forEach(OnnxTensor::close);
            }
            for (OrtSession head : heads.values()) head.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Array taskOfRow(int rows, List<Span> spans) {
        long[] positions = new long[rows];
        for (Span each : spans) {
            Arrays.fill(positions, each.from, each.from + each.count, each.position);
        }
        return Array.of(positions, rows);
    }

    /** Where a head reads all rows, the states go from one graph to the next as they lie in native memory. */
    private void heads(TokenBatch batch, OnnxTensor states, OnnxTensor mask, List<Span> spans, Sink sink)
            throws OrtException {
        FloatBuffer copy = null;
        for (Span each : spans) {
            if (each.count == batch.rows()) {
                head(each, states, mask, sink);
                continue;
            }
            if (copy == null) copy = states.getFloatBuffer();
            long[] shape = states.getInfo().getShape();
            int perRow = (int) (shape[1] * shape[2]);
            FloatBuffer some = copy.slice(each.from * perRow, each.count * perRow);
            Array rows = batch.mask().rows(each.from, each.count);
            try (OnnxTensor own =
                            OnnxTensor.createTensor(environment, some, new long[] {each.count, shape[1], shape[2]});
                    OnnxTensor ownMask = tensor(rows)) {
                head(each, own, ownMask, sink);
            }
        }
    }

    private void head(Span span, OnnxTensor states, OnnxTensor mask, Sink sink) throws OrtException {
        // A head is one small product: more threads than the caller's would cost more than they save.
        OrtSession head = heads.computeIfAbsent(span.task.name(), name -> session(folder.head(span.task), 1));
        try (OrtSession.Result result = head.run(Map.of(ServingGraphs.STATES, states, ServingGraphs.MASK, mask))) {
            OnnxTensor outputs = (OnnxTensor) result.get(0);
            long[] shape = outputs.getInfo().getShape();
            int last = (int) shape[shape.length - 1];
            boolean tokens = shape.length == 3;
            sink.accept(span, outputs.getFloatBuffer(), tokens ? (int) shape[1] * last : last, tokens ? last : 0);
        }
    }

    private Trunk trunk(SharingGroup group) {
        return trunks.computeIfAbsent(group, each -> {
            OrtSession session = session(folder.trunk(group), threads);
            Map<String, OnnxTensor> own = new HashMap<>();
            try {
                if (folder.byTask(group)) {
                    for (Map.Entry<String, Array> stack :
                            group.stacked(folder.own(group)).asMap().entrySet()) {
                        String name = ServingGraphs.OWN
                                + stack.getKey().substring(group.ownPrefix().length());
                        FloatBuffer values = stack.getValue().data().asFloatBuffer();
                        own.put(
                                name,
                                OnnxTensor.createTensor(
                                        environment, values, stack.getValue().shape()));
                    }
                }
                return new Trunk(session, own);
            } catch (OrtException e) {
                throw new IllegalStateException("the model cannot be computed: " + e.getMessage(), e);
            }
        });
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
