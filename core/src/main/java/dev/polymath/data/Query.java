package dev.polymath.data;

import java.util.Objects;

/**
 * A query of a collection: a row of {@code queries.jsonl}.
 *
 * @param id its {@code _id}, unique among the queries
 * @param line where it stands in its file, from 1; 0 if it comes from none
 */
public record Query(String id, String text, long line) {

    public Query {
        Objects.requireNonNull(id);
        Objects.requireNonNull(text);
    }
}
