package dev.polymath.learn.torch;

import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Inputs;
import dev.polymath.model.Sites;
import dev.polymath.run.Engine;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Routes;
import dev.polymath.run.Routes.Route;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Interacting;
import dev.polymath.text.DistinctEncodings;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model folder on libtorch, without gradients, on this process's {@link Device}. Hidden states are computed in {@code
 * compute}; heads read them in F32.
 */
final class TorchEngine implements Engine {
    private final ModelFolder folder;
    private final Backbone backbone;
    private final Routes routes;
    private final ScalarType compute;
    private final PointerScope scope = new PointerScope();
    private final Map<String, Tensor> weights = new HashMap<>();
    /** All weights in {@code compute}, where that is not F32: cast once, not in each pass. */
    private final Map<Tensor, Tensor> casts = new HashMap<>();

    /** @param compute Float or BFloat16 */
    TorchEngine(ModelFolder folder, ScalarType compute) {
        this.folder = folder;
        this.backbone = folder.backbone();
        this.routes = Routes.withoutInt8(folder);
        this.compute = compute;
        try (scope;
                AutoGradMode off = new AutoGradMode(false)) {
            scope.extend();
            for (Map.Entry<String, Array> weight : folder.weights().asMap().entrySet()) {
                // A checkpoint may keep positions beside its weights, which are integers.
                if (weight.getValue().type() != DType.F32) continue;
                Tensor tensor = Tensors.of(weight.getValue());
                weights.put(weight.getKey(), tensor);
                if (compute != ScalarType.Float) casts.put(tensor, tensor.to(compute));
            }
        }
    }

    @Override
    public Routes routes() {
        return routes;
    }

    @Override
    public void run(Route route, List<Encoding> encodings, int padId, List<Span> spans, Sink sink) {
        try (PointerScope pass = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Hidden<Tensor> hidden = hidden(route, encodings, padId, spans);
            TorchOps ops = new TorchOps(weights, ScalarType.Float, false);
            for (Span span : spans) {
                Hidden<Tensor> own = span.count() == encodings.size() ? hidden : rows(hidden, span);
                Tensor outputs = span.task().head(ops, own);
                long[] shape = Tensors.shape(outputs);
                int last = (int) shape[shape.length - 1];
                boolean tokens = shape.length == 3;
                int perRow = tokens ? (int) shape[1] * last : last;
                sink.accept(span, values(outputs), perRow, tokens ? last : 0);
            }
        }
    }

    @Override
    public float[] scores(Interacting task, float[] query, List<float[]> passages) {
        try (PointerScope pass = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            return Comparison.scores(weights, task, backbone.width(), query, passages);
        }
    }

    @Override
    public void states(Route route, List<Encoding> encodings, int padId, Span span, Sink sink) {
        try (PointerScope pass = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Tensor states = hidden(route, encodings, padId, List.of(span)).last();
            int width = (int) states.size(2);
            sink.accept(span, values(states), (int) states.size(1) * width, width);
        }
    }

    @Override
    public void close() {
        weights.clear();
        casts.clear();
        scope.close();
    }

    /** As the graphs of the model folder compute it: the layers that no task changes once a text. */
    private Hidden<Tensor> hidden(Route route, List<Encoding> encodings, int padId, List<Span> spans) {
        TorchOps ops = new TorchOps(weights, casts, compute);
        SharingGroup group = route.group();
        Tensor mask = Tensors.of(TokenBatch.of(encodings, padId).mask());
        Sites<Tensor> sites = group.sites(backbone, Tensors.of(Span.positions(spans, encodings.size())));
        if (!folder.forks(route)) {
            return backbone.hidden(ops, inputs(encodings, padId), sites, route.reading())
                    .with(ops::toFloat, mask);
        }
        DistinctEncodings texts = DistinctEncodings.of(encodings);
        int plain = group.part().plainLayers();
        Tensor below = backbone.below(ops, inputs(texts.encodings(), padId), plain);
        Tensor ofRows = below.index_select(0, Tensors.of(Array.of(texts.ofRow())));
        Tensor last = backbone.above(ops, ofRows, mask, sites, plain).last();
        return new Hidden<>(List.of(ops.toFloat(last)), mask);
    }

    private static Inputs<Tensor> inputs(List<Encoding> encodings, int padId) {
        TokenBatch batch = TokenBatch.of(encodings, padId);
        return new Inputs<>(Tensors.of(batch.ids()), Tensors.of(batch.mask()), Tensors.of(batch.types()));
    }

    private static Hidden<Tensor> rows(Hidden<Tensor> hidden, Span span) {
        return hidden.with(
                state -> state.narrow(0, span.from(), span.count()),
                hidden.mask().narrow(0, span.from(), span.count()));
    }

    private static FloatBuffer values(Tensor tensor) {
        return FloatBuffer.wrap(Tensors.array(tensor).floats());
    }
}
