package dev.polymath.model;

import java.util.ArrayList;
import java.util.List;

/** The names of the sites that every backbone here has: the embeddings and, a layer, its six projections and its end. */
final class SiteNames {
    static final String EMBEDDINGS = "embeddings";
    static final String QUERY = "attention.query";
    static final String KEY = "attention.key";
    static final String VALUE = "attention.value";
    static final String OUTPUT = "attention.output";
    /** The feed-forward block as a whole, which {@link Sites#instead} is asked for; not one of {@link #all}. */
    static final String FFN = "ffn";

    static final String IN = "ffn.in";
    static final String OUT = "ffn.out";

    private static final List<String> OF_A_LAYER = List.of(QUERY, KEY, VALUE, OUTPUT, IN, OUT);

    private SiteNames() {}

    /** The end of a layer. */
    static String of(int layer) {
        return "layer." + layer;
    }

    static String of(int layer, String projection) {
        return "layer." + layer + "." + projection;
    }

    /** All of them, from the embeddings upwards. */
    static List<String> all(int layers) {
        List<String> sites = new ArrayList<>();
        sites.add(EMBEDDINGS);
        for (int layer = 0; layer < layers; layer++) {
            for (String site : OF_A_LAYER) sites.add(of(layer, site));
            sites.add(of(layer));
        }
        return List.copyOf(sites);
    }
}
