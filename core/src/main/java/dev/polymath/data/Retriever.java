package dev.polymath.data;

import java.util.List;
import java.util.Map;

/** A way to search a collection. */
@FunctionalInterface
public interface Retriever {
    /**
     * The best passages for each query, by its id; for a query for which there are none an empty list, or nothing.
     *
     * @param top the most of them for a query, at least 1
     */
    Map<String, List<Scored>> search(List<Query> queries, int top);
}
