package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ModernBERT: rotary positions, normalisation before each sub-layer, gated feed-forward blocks, and layers that see all
 * tokens between layers that see only a window. For hidden states {@code x [rows, tokens, width]} a layer is
 *
 * <pre>
 *   a = x + Wo attention(turn Q n, turn K n, V n)      n = LayerNorm(x), but x itself in layer 0
 *   y = a + Wo (activation(u) * g)                     [u, g] = Wi LayerNorm(a)
 * </pre>
 *
 * and a layer norm ends the last one. Warner et al. 2024, <i>Smarter, Better, Faster, Longer: A Modern Bidirectional
 * Encoder</i>, arXiv:2412.13663.
 */
public final class ModernBert implements Backbone {
    private static final String WORDS = "embeddings.tok_embeddings.weight";
    private static final String FINAL_NORM = "final_norm";

    private final Dimensions size;
    private final int vocabulary;
    private final int maxTokens;
    private final double epsilon;
    private final Activation activation;
    private final double dropout;
    private final boolean normBias;
    private final boolean attentionBias;
    private final boolean ffnBias;
    private final List<Boolean> isLocal;
    private final Rotary global;
    private final Rotary local;
    private final Array window;

    /**
     * @param config {@code config.json} in Hugging Face layout
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if the configuration lacks a size or asks for what there is not
     */
    public ModernBert(JsonNode config, double dropout) {
        this(new Config(config), dropout);
    }

    private ModernBert(Config config, double dropout) {
        this.size = Dimensions.of(config);
        if (size.head() % 2 != 0) {
            throw new InputException("config.json has heads of width " + size.head() + ", which cannot turn in pairs");
        }
        this.vocabulary = config.size("vocab_size");
        this.maxTokens = config.size("max_position_embeddings");
        this.epsilon = config.number("norm_eps", 1e-5);
        this.activation = Activation.named(config.text("hidden_activation", "gelu"));
        this.dropout = Backbones.checkedDropout(dropout);
        this.normBias = config.flag("norm_bias", false);
        this.attentionBias = config.flag("attention_bias", false);
        this.ffnBias = config.flag("mlp_bias", false);
        this.isLocal = isLocal(config, size.layers());
        this.global = rotary(config, "full_attention", "global_rope_theta", 160_000);
        this.local = rotary(config, "sliding_attention", "local_rope_theta", 10_000);
        this.window = window(maxTokens, config.size("local_attention", 128) / 2);
    }

    @Override
    public String type() {
        return "modernbert";
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
        return WORDS;
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public List<String> sites() {
        return SiteNames.all(size.layers());
    }

    @Override
    public Map<String, Projection> projections() {
        Map<String, Projection> projections = new LinkedHashMap<>();
        long width = size.width();
        long inner = size.inner();
        for (int layer = 0; layer < size.layers(); layer++) {
            String fused = name(layer, "attn.Wqkv") + ".weight";
            projections.put(SiteNames.of(layer, SiteNames.QUERY), new Projection(fused, 0, width, width));
            projections.put(SiteNames.of(layer, SiteNames.KEY), new Projection(fused, width, width, width));
            projections.put(SiteNames.of(layer, SiteNames.VALUE), new Projection(fused, 2 * width, width, width));
            put(projections, layer, SiteNames.OUTPUT, "attn.Wo", width, width);
            put(projections, layer, SiteNames.IN, "mlp.Wi", width, 2 * inner);
            put(projections, layer, SiteNames.OUT, "mlp.Wo", inner, width);
        }
        return projections;
    }

    private static void put(
            Map<String, Projection> projections, int layer, String site, String name, long in, long out) {
        projections.put(SiteNames.of(layer, site), new Projection(name(layer, name) + ".weight", 0, in, out));
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        long width = size.width();
        shapes.put(WORDS, new long[] {vocabulary, width});
        put(shapes, "embeddings.norm", normBias, width);
        for (int layer = 0; layer < size.layers(); layer++) {
            if (layer > 0) put(shapes, name(layer, "attn_norm"), normBias, width);
            put(shapes, name(layer, "attn.Wqkv"), attentionBias, 3 * width, width);
            put(shapes, name(layer, "attn.Wo"), attentionBias, width, width);
            put(shapes, name(layer, "mlp_norm"), normBias, width);
            put(shapes, name(layer, "mlp.Wi"), ffnBias, 2L * size.inner(), width);
            put(shapes, name(layer, "mlp.Wo"), ffnBias, width, size.inner());
        }
        put(shapes, FINAL_NORM, normBias, width);
        return shapes;
    }

    @Override
    public <T> Hidden<T> hidden(Ops<T> ops, Inputs<T> inputs, Sites<T> sites, Reading reading) {
        T words = ops.gather(ops.weight(WORDS), inputs.ids());
        Prompt<T> prompt = sites.prompt(ops, inputs, words);
        T embedded = ops.dropout(normalised(ops, "embeddings.norm", prompt.before(ops, words)), dropout);
        T x = sites.at(ops, SiteNames.EMBEDDINGS, inputs.ids(), embedded);
        T mask = prompt.mask(ops, inputs.mask());
        return prompt.text(ops, pass(ops, x, mask, sites, 0, reading), inputs.mask());
    }

    @Override
    public <T> T below(Ops<T> ops, Inputs<T> inputs, int layers) {
        T words = ops.gather(ops.weight(WORDS), inputs.ids());
        T embedded = ops.dropout(normalised(ops, "embeddings.norm", words), dropout);
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
        T everywhere = AttentionBias.padding(ops, mask);
        T nearby = ops.add(everywhere, ops.gather(ops.constant(window), AttentionBias.differences(ops, x, maxTokens)));
        T positions = ops.positions(x);
        Sight<T> whole = new Sight<>(everywhere, mask, global, global.at(ops, positions));
        Sight<T> part = new Sight<>(nearby, mask, local, local.at(ops, positions));

        Kept<T> kept = new Kept<>(reading);
        kept.state(from, x);
        for (int layer = from; layer < reading.depth(); layer++) {
            T a = ops.add(x, attended(ops, layer, x, isLocal.get(layer) ? part : whole, sites, kept));
            T y = ops.add(a, fedForward(ops, layer, a, sites));
            boolean last = layer == size.layers() - 1;
            x = sites.at(ops, SiteNames.of(layer), x, last ? normalised(ops, FINAL_NORM, y) : y);
            kept.state(layer + 1, x);
        }
        return kept.hidden(mask);
    }

    /** What a layer's tokens see: the bias on the scores, the mask that it is of, and the turns of queries and keys. */
    private record Sight<T>(T bias, T mask, Rotary rotary, Rotary.Turn<T> turn) {}

    private <T> T attended(Ops<T> ops, int layer, T x, Sight<T> sight, Sites<T> sites, Kept<T> kept) {
        long width = size.width();
        T n = layer == 0 ? x : normalised(ops, name(layer, "attn_norm"), x);
        T fused = projected(ops, name(layer, "attn.Wqkv"), attentionBias, n);
        T query = sites.at(ops, SiteNames.of(layer, SiteNames.QUERY), n, ops.slice(fused, 2, 0, width));
        T key = sites.at(ops, SiteNames.of(layer, SiteNames.KEY), n, ops.slice(fused, 2, width, 2 * width));
        T value = sites.at(ops, SiteNames.of(layer, SiteNames.VALUE), n, ops.slice(fused, 2, 2 * width, 3 * width));
        T turned = sight.rotary.turned(ops, query, sight.turn);
        T turnedKey = sight.rotary.turned(ops, key, sight.turn);
        kept.attention(ops, layer, turned, turnedKey, head -> sight.bias, sight.mask, size.head());
        T mixed = ops.attention(turned, turnedKey, value, sight.bias, size.heads(), size.head(), dropout);
        T output = projected(ops, name(layer, "attn.Wo"), attentionBias, mixed);
        return ops.dropout(sites.at(ops, SiteNames.of(layer, SiteNames.OUTPUT), mixed, output), dropout);
    }

    private <T> T fedForward(Ops<T> ops, int layer, T x, Sites<T> sites) {
        T n = normalised(ops, name(layer, "mlp_norm"), x);
        T instead = sites.instead(ops, SiteNames.of(layer, SiteNames.FFN), n);
        if (instead != null) return ops.dropout(instead, dropout);
        T fused =
                sites.at(ops, SiteNames.of(layer, SiteNames.IN), n, projected(ops, name(layer, "mlp.Wi"), ffnBias, n));
        T gated = activated(ops, fused);
        T output = projected(ops, name(layer, "mlp.Wo"), ffnBias, gated);
        return ops.dropout(sites.at(ops, SiteNames.of(layer, SiteNames.OUT), gated, output), dropout);
    }

    @Override
    public <T> T activated(Ops<T> ops, T inner) {
        T gate = ops.slice(inner, -1, size.inner(), 2L * size.inner());
        return ops.multiply(activation.apply(ops, ops.slice(inner, -1, 0, size.inner())), gate);
    }

    private <T> T normalised(Ops<T> ops, String name, T x) {
        return ops.layerNorm(x, ops.weight(name + ".weight"), normBias ? ops.weight(name + ".bias") : null, epsilon);
    }

    private static <T> T projected(Ops<T> ops, String name, boolean bias, T x) {
        return ops.linear(x, ops.weight(name + ".weight"), bias ? ops.weight(name + ".bias") : null);
    }

    private static String name(int layer, String part) {
        return "layers." + layer + "." + part;
    }

    /** A weight, and a bias as long as its first axis. */
    private static void put(Map<String, long[]> shapes, String name, boolean bias, long... shape) {
        shapes.put(name + ".weight", shape);
        if (bias) shapes.put(name + ".bias", new long[] {shape[0]});
    }

    /** Newer configurations list the kind of each layer, older ones say that every n-th sees all tokens. */
    private static List<Boolean> isLocal(Config config, int layers) {
        JsonNode kinds = config.get("layer_types");
        int every = config.size("global_attn_every_n_layers", 3);
        if (kinds.isArray() && kinds.size() != layers) throw config.wrong("layer_types", kinds);
        List<Boolean> isLocal = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            if (!kinds.isArray()) {
                isLocal.add(layer % every != 0);
                continue;
            }
            String kind = kinds.get(layer).asText();
            if (!kind.equals("sliding_attention") && !kind.equals("full_attention")) {
                throw config.wrong("layer_types", kinds);
            }
            isLocal.add(kind.equals("sliding_attention"));
        }
        return List.copyOf(isLocal);
    }

    private Rotary rotary(Config config, String kind, String oldKey, double otherwise) {
        Config turns = config.under("rope_parameters").under(kind);
        String type = turns.text("rope_type", "default");
        if (!type.equals("default") || config.get("rope_scaling").isObject()) {
            throw new InputException("config.json asks for scaled rotary positions; there are only unscaled ones here");
        }
        double theta = turns.number("rope_theta", config.number(oldKey, otherwise));
        return new Rotary(size.heads(), size.head(), maxTokens, theta);
    }

    /** 0 for a difference of positions within the window and {@link AttentionBias#NEVER} outside. */
    private static Array window(int reach, int farthest) {
        float[] bias = new float[2 * reach - 1];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = Math.abs(i - reach + 1) <= farthest ? 0 : (float) AttentionBias.NEVER;
        }
        return Array.of(bias);
    }
}
