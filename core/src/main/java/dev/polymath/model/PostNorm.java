package dev.polymath.model;

import dev.polymath.ops.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transformer encoder with the normalisation after each sub-layer, as BERT and its relatives have it. For hidden
 * states {@code x [rows, tokens, width]} a layer is
 *
 * <pre>
 *   a = LayerNorm(x + O attention(Q x, K x, V x))
 *   y = LayerNorm(a + out activation(in a))
 * </pre>
 *
 * Vaswani et al. 2017, arXiv:1706.03762. The relatives differ in their embeddings, in what is added to the attention
 * scores, and in what their weights are called.
 */
abstract class PostNorm implements Backbone {
    private final Dimensions size;
    private final TokenEmbeddings embeddings;
    private final LayerNames names;
    private final Activation activation;
    private final double dropout;

    /**
     * What a layer's weights are called; {@code .weight} and {@code .bias} follow each name.
     *
     * @param layer what stands before a layer's number
     */
    record LayerNames(
            String layer,
            String query,
            String key,
            String value,
            String output,
            String attentionNorm,
            String in,
            String out,
            String outNorm) {
        /** BERT's and RoBERTa's. */
        static final LayerNames BERT = new LayerNames(
                "encoder.layer.",
                "attention.self.query",
                "attention.self.key",
                "attention.self.value",
                "attention.output.dense",
                "attention.output.LayerNorm",
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm");
    }

    PostNorm(Dimensions size, TokenEmbeddings embeddings, LayerNames names, Activation activation, double dropout) {
        this.size = size;
        this.embeddings = embeddings;
        this.names = names;
        this.activation = activation;
        this.dropout = Backbones.checkedDropout(dropout);
    }

    @Override
    public int width() {
        return size.width();
    }

    @Override
    public int layers() {
        return size.layers();
    }

    @Override
    public int heads() {
        return size.heads();
    }

    @Override
    public String wordEmbeddings() {
        return TokenEmbeddings.WORD;
    }

    @Override
    public int maxTokens() {
        return embeddings.maxTokens();
    }

    @Override
    public List<String> sites() {
        return SiteNames.all(size.layers());
    }

    @Override
    public Map<String, Projection> projections() {
        Map<String, Projection> projections = new LinkedHashMap<>();
        for (int layer = 0; layer < size.layers(); layer++) {
            projection(projections, layer, SiteNames.QUERY, names.query, size.width(), size.width());
            projection(projections, layer, SiteNames.KEY, names.key, size.width(), size.width());
            projection(projections, layer, SiteNames.VALUE, names.value, size.width(), size.width());
            projection(projections, layer, SiteNames.OUTPUT, names.output, size.width(), size.width());
            projection(projections, layer, SiteNames.IN, names.in, size.width(), size.inner());
            projection(projections, layer, SiteNames.OUT, names.out, size.inner(), size.width());
        }
        return projections;
    }

    private void projection(Map<String, Projection> all, int layer, String site, String name, long in, long out) {
        all.put(SiteNames.of(layer, site), new Projection(name(layer, name) + ".weight", 0, in, out));
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        embeddings.shapes(shapes);
        long width = size.width();
        for (int layer = 0; layer < size.layers(); layer++) {
            for (String name : List.of(names.query, names.key, names.value, names.output)) {
                projection(shapes, name(layer, name), width, width);
            }
            norm(shapes, name(layer, names.attentionNorm));
            projection(shapes, name(layer, names.in), size.inner(), width);
            projection(shapes, name(layer, names.out), width, size.inner());
            norm(shapes, name(layer, names.outNorm));
        }
        return shapes;
    }

    @Override
    public <T> Hidden<T> hidden(Ops<T> ops, Inputs<T> inputs, Sites<T> sites, Reading reading) {
        T words = embeddings.words(ops, inputs);
        Prompt<T> prompt = sites.prompt(ops, inputs, words);
        T embedded = ops.dropout(embeddings.of(ops, inputs, words, prompt), dropout);
        T x = sites.at(ops, SiteNames.EMBEDDINGS, inputs.ids(), embedded);
        T mask = prompt.mask(ops, inputs.mask());
        return prompt.text(ops, pass(ops, x, mask, sites, 0, reading), inputs.mask());
    }

    @Override
    public <T> T below(Ops<T> ops, Inputs<T> inputs, int layers) {
        T words = embeddings.words(ops, inputs);
        T embedded = ops.dropout(embeddings.of(ops, inputs, words, Prompt.none()), dropout);
        return pass(ops, embedded, inputs.mask(), Sites.none(), 0, Reading.of(layers))
                .last();
    }

    @Override
    public <T> Hidden<T> above(Ops<T> ops, T state, T mask, Sites<T> sites, int layers) {
        return pass(ops, state, mask, sites, layers, Reading.range(layers, size.layers()));
    }

    /** What is read of the given state, which lies behind {@code from} layers, and of those above. */
    private <T> Hidden<T> pass(Ops<T> ops, T state, T mask, Sites<T> sites, int from, Reading reading) {
        T x = state;
        T bias = bias(ops, x, AttentionBias.padding(ops, mask));
        Kept<T> kept = new Kept<>(reading);
        kept.state(from, x);
        for (int layer = from; layer < reading.depth(); layer++) {
            x = sites.at(ops, SiteNames.of(layer), x, layer(ops, layer, x, bias, mask, sites, kept));
            kept.state(layer + 1, x);
        }
        return kept.hidden(mask);
    }

    /** What is added to the attention scores; here only what keeps them off the padding. */
    <T> T bias(Ops<T> ops, T embedded, T padding) {
        return padding;
    }

    /** Of {@link #bias} what one head has, from 0: {@code [rows, 1, tokens or 1, tokens]}. */
    <T> T bias(Ops<T> ops, T bias, int head) {
        return bias;
    }

    private <T> T layer(Ops<T> ops, int layer, T x, T bias, T mask, Sites<T> sites, Kept<T> kept) {
        T query = at(ops, sites, layer, SiteNames.QUERY, names.query, x);
        T key = at(ops, sites, layer, SiteNames.KEY, names.key, x);
        T value = at(ops, sites, layer, SiteNames.VALUE, names.value, x);
        kept.attention(ops, layer, query, key, head -> bias(ops, bias, head), mask, size.head());
        T mixed = ops.attention(query, key, value, bias, size.heads(), size.head(), dropout);
        T attended = at(ops, sites, layer, SiteNames.OUTPUT, names.output, mixed);
        T a = normalised(ops, layer, names.attentionNorm, ops.add(ops.dropout(attended, dropout), x));

        T out = sites.instead(ops, SiteNames.of(layer, SiteNames.FFN), a);
        if (out == null) {
            T inner = activated(ops, at(ops, sites, layer, SiteNames.IN, names.in, a));
            out = at(ops, sites, layer, SiteNames.OUT, names.out, inner);
        }
        return normalised(ops, layer, names.outNorm, ops.add(ops.dropout(out, dropout), a));
    }

    @Override
    public <T> T activated(Ops<T> ops, T inner) {
        return activation.apply(ops, inner);
    }

    private <T> T at(Ops<T> ops, Sites<T> sites, int layer, String site, String projection, T x) {
        String name = name(layer, projection);
        T output = ops.linear(x, ops.weight(name + ".weight"), ops.weight(name + ".bias"));
        return sites.at(ops, SiteNames.of(layer, site), x, output);
    }

    private <T> T normalised(Ops<T> ops, int layer, String norm, T x) {
        String name = name(layer, norm);
        return ops.layerNorm(x, ops.weight(name + ".weight"), ops.weight(name + ".bias"), embeddings.epsilon());
    }

    private String name(int layer, String part) {
        return names.layer + layer + "." + part;
    }

    private void norm(Map<String, long[]> shapes, String name) {
        shapes.put(name + ".weight", new long[] {size.width()});
        shapes.put(name + ".bias", new long[] {size.width()});
    }

    private static void projection(Map<String, long[]> shapes, String name, long out, long in) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }
}
