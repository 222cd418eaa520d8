package dev.polymath.sharing;

import dev.polymath.model.Sites;

/** Which layer a site is of. */
final class Layers {
    private static final String PREFIX = "layer.";

    private Layers() {}

    /** The number, from 1, of the layer whose end a site is; 0 for any other site. */
    static int numberAtEnd(String site) {
        return Sites.isState(site) ? number(site) : 0;
    }

    /** The number, from 1, of a site's layer; 0 for the embeddings. */
    static int number(String site) {
        return site.startsWith(PREFIX)
                ? Integer.parseInt(site.substring(PREFIX.length()).split("\\.")[0]) + 1
                : 0;
    }
}
