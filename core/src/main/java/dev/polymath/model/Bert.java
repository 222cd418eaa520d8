package dev.polymath.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;

/**
 * BERT: learned positions, a segment for each of two texts, {@link PostNorm post-norm} layers. Devlin et al. 2019,
 * <i>BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding</i>, arXiv:1810.04805.
 */
public final class Bert extends PostNorm {
    /**
     * @param config {@code config.json} in Hugging Face layout
     * @param dropout share of hidden values and attention probabilities dropped when learning, 0 to 1 (excluded)
     * @throws InputException if the configuration lacks a size or asks for what there is not
     */
    public Bert(JsonNode config, double dropout) {
        this(new Config(config), dropout);
    }

    private Bert(Config config, double dropout) {
        super(
                Dimensions.of(config),
                embeddings(config),
                LayerNames.BERT,
                Activation.named(config.text("hidden_act", "gelu")),
                dropout);
    }

    @Override
    public String type() {
        return "bert";
    }

    private static TokenEmbeddings embeddings(Config config) {
        String positions = config.text("position_embedding_type", "absolute");
        if (!positions.equals("absolute")) {
            throw new InputException(
                    "config.json asks for '" + positions + "' positions; BERT has only 'absolute' here");
        }
        return new TokenEmbeddings(
                config.size("hidden_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                0,
                config.size("type_vocab_size", 2),
                true,
                config.number("layer_norm_eps", 1e-12));
    }
}
