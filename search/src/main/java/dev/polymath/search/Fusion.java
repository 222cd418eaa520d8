package dev.polymath.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;

/** How the hits by words and the hits by meaning become one list. */
public sealed interface Fusion {
    /** Reciprocal ranks with k 60. */
    Fusion DEFAULT = new ReciprocalRank(60);

    /**
     * By ranks: {@code score(d) = sum over lists of 1 / (k + rank(d))}, ranks from 1; a list without the document adds nothing.
     *
     * <p>Source: G. Cormack, C. Clarke and S. Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual Rank
     * Learning Methods, SIGIR 2009.
     *
     * @param k how little the first ranks stand out; above 0
     */
    record ReciprocalRank(double k) implements Fusion {
        public ReciprocalRank {
            if (!(k > 0) || Double.isInfinite(k)) throw new InputException("k is " + k + "; it must be above 0");
        }
    }

    /**
     * By scores: {@code score(d) = w dense(d) + (1 - w) lexical(d)}, where {@code lexical(d) = bm25(d) / max bm25} and {@code
     * dense(d) = (cos(d) + 1) / (max cos + 1)}: both from their least possible value, 0, to 1 for the first hit. A list without
     * the document counts 0.
     *
     * <p>Source: S. Bruch, S. Gai and A. Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, 2022, arXiv:2210.11934
     * (normalisation by the theoretical minimum).
     *
     * @param weight of meaning, from 0 to 1
     */
    record Weighted(double weight) implements Fusion {
        public Weighted {
            if (!(weight >= 0 && weight <= 1))
                throw new InputException("the weight is " + weight + "; it must be from 0 to 1");
        }
    }

    /** {@code {"rrf":60.0}} or {@code {"weighted":0.4}}. */
    default ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        return this instanceof Weighted weighted
                ? json.put("weighted", weighted.weight())
                : json.put("rrf", ((ReciprocalRank) this).k());
    }

    /** What {@link #json} gave. */
    static Fusion of(JsonNode json) {
        return json.has("weighted")
                ? new Weighted(json.get("weighted").asDouble())
                : new ReciprocalRank(json.get("rrf").asDouble());
    }
}
