package dev.polymath.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The built-in backbone, all-MiniLM-L6-v2: a BERT of 6 layers and width 384 that reads texts in English. It comes from
 * two resources on the class path and needs no network.
 *
 * <p>Source: Wang et al., "MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression of Pre-Trained
 * Transformers", 2020; tuned for sentences by the authors of sentence-transformers.
 */
public final class Minilm {
    private static final String GRAPH = "/all-minilm-l6-v2.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

    private Minilm() {}

    /**
     * Its weights, 22.6 million numbers in F32, under the names that transformers gives them in {@code BertModel}: {@code
     * embeddings.word_embeddings.weight}, {@code encoder.layer.0.attention.self.query.weight [out, in]}, ... There is no
     * pooler. Takes 0.7 s on two busy cores, most of it to unpack the archive; each call reads them anew.
     */
    public static Weights weights() {
        try (InputStream in = resource(GRAPH)) {
            return MinilmGraph.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its {@code config.json}, as transformers reads it. */
    public static ObjectNode config() {
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.putArray("architectures").add("BertModel");
        return config.put("model_type", "bert")
                .put("vocab_size", 30522)
                .put("hidden_size", 384)
                .put("num_hidden_layers", 6)
                .put("num_attention_heads", 12)
                .put("intermediate_size", 1536)
                .put("hidden_act", "gelu")
                .put("hidden_dropout_prob", 0.1)
                .put("attention_probs_dropout_prob", 0.1)
                .put("max_position_embeddings", 512)
                .put("type_vocab_size", 2)
                .put("initializer_range", 0.02)
                .put("layer_norm_eps", 1e-12)
                .put("pad_token_id", 0)
                .put("position_embedding_type", "absolute")
                .put("torch_dtype", "float32");
    }

    /** Its {@code tokenizer.json} as published; it asks for padding and truncation to 128 tokens. */
    public static byte[] tokenizer() {
        try (InputStream in = resource(TOKENIZER)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = Minilm.class.getResourceAsStream(name);
        if (in == null) throw new IllegalStateException("the class path has no " + name);
        return in;
    }
}
