package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.Map;

/**
 * MPNet: {@link PostNorm} layers whose attention scores also get a learned bias {@code r[bucket(j - i), head]} by the
 * distance from a token i to a token j; no segments, positions count from 2. Song et al. 2020, <i>MPNet: Masked and
 * Permuted Pre-training for Language Understanding</i>, arXiv:2004.09297; the buckets are T5's, Raffel et al. 2020,
 * arXiv:1910.10683.
 */
public final class Mpnet extends PostNorm {
    private static final String BIAS = "encoder.relative_attention_bias.weight";
    private static final int BUCKETS = 32;
    /** Distances from here on share the last bucket. */
    private static final int FARTHEST = 128;

    private static final LayerNames NAMES = new LayerNames(
            "encoder.layer.",
            "attention.attn.q",
            "attention.attn.k",
            "attention.attn.v",
            "attention.attn.o",
            "attention.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm");

    private final int heads;
    private final Array buckets;

    /**
     * @param config {@code config.json} in Hugging Face layout
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if the configuration lacks a size or asks for what there is not
     */
    public Mpnet(JsonNode config, double dropout) {
        this(new Config(config), dropout);
    }

    private Mpnet(Config config, double dropout) {
        super(
                Dimensions.of(config),
                embeddings(config),
                NAMES,
                Activation.named(config.text("hidden_act", "gelu")),
                dropout);
        if (config.size("relative_attention_num_buckets", BUCKETS) != BUCKETS) {
            throw config.wrong("relative_attention_num_buckets", config.get("relative_attention_num_buckets"));
        }
        this.heads = config.size("num_attention_heads");
        this.buckets = buckets(maxTokens());
    }

    @Override
    public String type() {
        return "mpnet";
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = super.shapes();
        shapes.put(BIAS, new long[] {BUCKETS, heads});
        return shapes;
    }

    @Override
    <T> T bias(Ops<T> ops, T embedded, T padding) {
        T bucket = ops.gather(ops.constant(buckets), AttentionBias.differences(ops, embedded, maxTokens()));
        T byDistance = ops.transpose(ops.gather(ops.weight(BIAS), bucket), 2, 0, 1);
        return ops.add(padding, byDistance);
    }

    @Override
    <T> T bias(Ops<T> ops, T bias, int head) {
        return ops.slice(bias, 1, head, head + 1L);
    }

    private static TokenEmbeddings embeddings(Config config) {
        return new TokenEmbeddings(
                config.size("hidden_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                2,
                0,
                false,
                config.number("layer_norm_eps", 1e-12));
    }

    /** The bucket of each difference {@code j - i} of positions from {@code 1 - reach} to {@code reach - 1}. */
    private static Array buckets(int reach) {
        long[] table = new long[2 * reach - 1];
        for (int i = 0; i < table.length; i++) table[i] = bucket(i - reach + 1);
        return Array.of(table);
    }

    /**
     * Half of the buckets look left and half right. In each half, a distance below 8 has a bucket of its own and those
     * from 8 to 128 share the other 8 on a logarithmic scale.
     */
    static int bucket(int difference) {
        int half = BUCKETS / 2;
        int exact = half / 2;
        int first = difference > 0 ? half : 0;
        int distance = Math.abs(difference);
        if (distance < exact) return first + distance;
        double octaves = Math.log((double) distance / exact) / Math.log((double) FARTHEST / exact);
        return first + Math.min(half - 1, exact + (int) (octaves * (half - exact)));
    }
}
