package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;

/**
 * RoBERTa and XLM-RoBERTa: BERT without segments, whose positions count from the padding token's id + 1. Liu et al.
 * 2019, <i>RoBERTa: A Robustly Optimized BERT Pretraining Approach</i>, arXiv:1907.11692; Conneau et al. 2020,
 * <i>Unsupervised Cross-lingual Representation Learning at Scale</i>, arXiv:1911.02116.
 */
public final class Roberta extends PostNorm {
    private final String type;

    /**
     * @param config {@code config.json} in Hugging Face layout
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if the configuration lacks a size or asks for what there is not
     */
    public Roberta(JsonNode config, double dropout) {
        this(new Config(config), dropout);
    }

    private Roberta(Config config, double dropout) {
        super(
                Dimensions.of(config),
                embeddings(config),
                LayerNames.BERT,
                Activation.named(config.text("hidden_act", "gelu")),
                dropout);
        this.type = config.text("model_type", "roberta");
    }

    @Override
    public String type() {
        return type;
    }

    private static TokenEmbeddings embeddings(Config config) {
        // The table of segments is there, but its tokenizers put every token into the first.
        return new TokenEmbeddings(
                config.size("hidden_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                config.index("pad_token_id", 1) + 1,
                config.size("type_vocab_size", 1),
                false,
                config.number("layer_norm_eps", 1e-12));
    }
}
