package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;

/**
 * DistilBERT: BERT at half the depth, without segments. Sanh et al. 2019, <i>DistilBERT, a distilled version of BERT:
 * smaller, faster, cheaper and lighter</i>, arXiv:1910.01108.
 */
public final class DistilBert extends PostNorm {
    private static final LayerNames NAMES = new LayerNames(
            "transformer.layer.",
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm");

    /**
     * @param config {@code config.json} in Hugging Face layout
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if the configuration lacks a size or asks for what there is not
     */
    public DistilBert(JsonNode config, double dropout) {
        this(new Config(config), dropout);
    }

    private DistilBert(Config config, double dropout) {
        super(
                new Dimensions(
                        config.size("dim"), config.size("n_layers"), config.size("n_heads"), config.size("hidden_dim")),
                embeddings(config),
                NAMES,
                Activation.named(config.text("activation", "gelu")),
                dropout);
    }

    @Override
    public String type() {
        return "distilbert";
    }

    private static TokenEmbeddings embeddings(Config config) {
        return new TokenEmbeddings(
                config.size("dim"),
                config.size("vocab_size"),
                config.size("max_position_embeddings", 512),
                0,
                0,
                false,
                1e-12);
    }
}
