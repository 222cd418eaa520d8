package dev.polymath.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.polymath.InputException;
import dev.polymath.run.Routes.Route;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.text.DistinctEncodings;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Array;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The engine of core: the graphs of a model in ONNX Runtime; but for the first group's trunk, each when it is first asked. */
final class Graphs implements Engine {
    /** What a trunk gave for a batch, by its outputs' names, and the batch's mask; valid during the call. */
    @FunctionalInterface
    private interface StatesSink {
        void accept(TokenBatch batch, Map<String, OnnxTensor> states, OnnxTensor mask) throws OrtException;
    }

    /**
     * A group's trunk.
     *
     * @param below what gives the state that it reads; null where it reads tokens
     * @param own the own weights of its tasks as tensors by their inputs' names; none where it has no such
     */
    private record Trunk(OrtSession session, OrtSession below, Map<String, OnnxTensor> own) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ModelFolder folder;
    private final int threads;
    private final Routes routes;
    private final Map<Route, Trunk> trunks = new ConcurrentHashMap<>();
    private final Map<Path, OrtSession> heads = new ConcurrentHashMap<>();
    private final Map<String, OrtSession> comparisons = new ConcurrentHashMap<>();

    /**
     * @param threads that a trunk computes with; 0 for as many as there are cores
     * @throws InputException if the model cannot be computed in that precision
     */
    Graphs(ModelFolder folder, int threads, Precision precision) {
        this.folder = folder;
        this.threads = threads;
        this.routes = new Routes(folder, precision);
        if (!routes.all().isEmpty()) trunk(routes.all().get(0));
    }

    @Override
    public Routes routes() {
        return routes;
    }

    /**
     * As many as there are threads, which a trunk's batches then share: what a batch does between its products is done by its
     * caller's thread alone.
     */
    @Override
    public int batchesAtOnce() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    @Override
    public void run(Route route, List<Encoding> encodings, int padId, List<Span> spans, Sink sink) {
        trunk(route, encodings, padId, spans, (batch, states, mask) -> heads(batch, states, mask, spans, sink));
    }

    @Override
    public void states(Route route, List<Encoding> encodings, int padId, Span span, Sink sink) {
        trunk(route, encodings, padId, List.of(span), (batch, all, mask) -> {
            OnnxTensor states = all.get(ServingGraphs.STATES);
            int width = (int) states.getInfo().getShape()[2];
            sink.accept(span, states.getFloatBuffer(), batch.tokens() * width, width);
        });
    }

    private void trunk(Route route, List<Encoding> encodings, int padId, List<Span> spans, StatesSink sink) {
        Trunk trunk = trunk(route);
        TokenBatch batch = TokenBatch.of(encodings, padId);
        try (OnnxTensor mask = tensor(batch.mask());
                OnnxTensor tasks = tensor(Span.positions(spans, batch.rows()))) {
            Map<String, OnnxTensor> inputs = new HashMap<>(trunk.own);
            if (!trunk.own.isEmpty()) inputs.put(ServingGraphs.TASKS, tasks);
            try (OrtSession.Result result = trunk.below == null
                    ? tokens(trunk.session, batch, inputs)
                    : above(trunk, DistinctEncodings.of(encodings), padId, inputs)) {
                Map<String, OnnxTensor> states = new HashMap<>();
                for (Map.Entry<String, OnnxValue> each : result)
                    states.put(each.getKey(), (OnnxTensor) each.getValue());
                sink.accept(batch, states, mask);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the model cannot be computed: " + e.getMessage(), e);
        }
    }

    private OrtSession.Result tokens(OrtSession session, TokenBatch batch, Map<String, OnnxTensor> others)
            throws OrtException {
        try (OnnxTensor ids = tensor(batch.ids());
                OnnxTensor mask = tensor(batch.mask());
                OnnxTensor types = tensor(batch.types())) {
            Map<String, OnnxTensor> inputs = new HashMap<>(others);
            inputs.put(ServingGraphs.IDS, ids);
            inputs.put(ServingGraphs.MASK, mask);
            inputs.put(ServingGraphs.TYPES, types);
            return session.run(inputs);
        }
    }

    /** The texts' pass through the layers that no task changes, then the rows' through the others. */
    private OrtSession.Result above(Trunk trunk, DistinctEncodings texts, int padId, Map<String, OnnxTensor> others)
            throws OrtException {
        TokenBatch batch = TokenBatch.of(texts.encodings(), padId);
        try (OrtSession.Result below = tokens(trunk.below, batch, Map.of());
                OnnxTensor mask = tensor(batch.mask());
                OnnxTensor rows = tensor(Array.of(texts.ofRow(), texts.ofRow().length))) {
            Map<String, OnnxTensor> inputs = new HashMap<>(others);
            inputs.put(ServingGraphs.BELOW, (OnnxTensor) below.get(0));
            inputs.put(ServingGraphs.MASK, mask);
            inputs.put(ServingGraphs.TEXTS, rows);
            return trunk.session.run(inputs);
        }
    }

    @Override
    public void close() {
        try {
            for (Trunk trunk : trunks.values()) {
                trunk.session.close();
                if (trunk.below != null) trunk.below.close();
                trunk.own.values().forEach(OnnxTensor::close);
            }
            for (OrtSession head : heads.values()) head.close();
            for (OrtSession each : comparisons.values()) each.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where a head reads all rows, the states go from one graph to the next as they lie in native memory. */
    private void heads(TokenBatch batch, Map<String, OnnxTensor> states, OnnxTensor mask, List<Span> spans, Sink sink)
            throws OrtException {
        Map<String, FloatBuffer> copies = new HashMap<>();
        for (Span each : spans) {
            if (each.count() == batch.rows()) {
                head(each, states, mask, sink);
                continue;
            }
            Map<String, OnnxTensor> own = new HashMap<>();
            try (OnnxTensor ownMask = tensor(batch.mask().rows(each.from(), each.count()))) {
                for (Map.Entry<String, OnnxTensor> state : states.entrySet()) {
                    FloatBuffer copy = copies.computeIfAbsent(
                            state.getKey(), name -> state.getValue().getFloatBuffer());
                    own.put(state.getKey(), rows(state.getValue(), copy, each));
                }
                head(each, own, ownMask, sink);
            } finally {
                own.values().forEach(OnnxTensor::close);
            }
        }
    }

    /** Some rows of a tensor whose first axis are the rows. */
    private OnnxTensor rows(OnnxTensor all, FloatBuffer copy, Span span) throws OrtException {
        long[] shape = all.getInfo().getShape().clone();
        shape[0] = span.count();
        int perRow = 1;
        for (int axis = 1; axis < shape.length; axis++) perRow *= (int) shape[axis];
        return OnnxTensor.createTensor(environment, copy.slice(span.from() * perRow, span.count() * perRow), shape);
    }

    private void head(Span span, Map<String, OnnxTensor> states, OnnxTensor mask, Sink sink) throws OrtException {
        // A head is one small product: more threads than the caller's would cost more than they save.
        OrtSession head = heads.computeIfAbsent(folder.head(span.task()), file -> session(file, 1));
        Map<String, OnnxTensor> inputs = new HashMap<>(states);
        inputs.put(ServingGraphs.MASK, mask);
        try (OrtSession.Result result = head.run(inputs)) {
            OnnxTensor outputs = (OnnxTensor) result.get(0);
            long[] shape = outputs.getInfo().getShape();
            int last = (int) shape[shape.length - 1];
            boolean tokens = shape.length == 3;
            sink.accept(span, outputs.getFloatBuffer(), tokens ? (int) shape[1] * last : last, tokens ? last : 0);
        }
    }

    @Override
    public float[] scores(Interacting task, float[] query, List<float[]> passages) {
        int size = task.interaction().size(folder.backbone().width());
        Items items = Items.of(passages, size);
        OrtSession comparison = comparisons.computeIfAbsent(task.name(), name -> session(folder.comparison(task), 1));
        try (OnnxTensor asked = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(query), new long[] {1, query.length / size, size});
                OnnxTensor values = OnnxTensor.createTensor(
                        environment,
                        items.values().data().asFloatBuffer(),
                        items.values().shape());
                OnnxTensor mask = tensor(items.mask())) {
            Map<String, OnnxTensor> inputs = new HashMap<>();
            inputs.put(ServingGraphs.QUERY, asked);
            inputs.put(ServingGraphs.PASSAGES, values);
            if (comparison.getInputNames().contains(ServingGraphs.MASK)) inputs.put(ServingGraphs.MASK, mask);
            try (OrtSession.Result result = comparison.run(inputs)) {
                float[] scores = new float[passages.size()];
                ((OnnxTensor) result.get(0)).getFloatBuffer().get(scores);
                return scores;
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the model cannot be computed: " + e.getMessage(), e);
        }
    }

    private Trunk trunk(Route route) {
        return trunks.computeIfAbsent(route, each -> {
            SharingGroup group = route.group();
            OrtSession session = session(folder.trunk(route), threads);
            OrtSession below = folder.forks(route) ? session(folder.below(route), threads) : null;
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
                return new Trunk(session, below, own);
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
