/**
 * Search by words and by meaning over an index of Lucene. {@link dev.polymath.search.Indexer} writes documents and their
 * passages' vectors into an index folder; {@link dev.polymath.search.SearchIndex} answers a {@link
 * dev.polymath.search.SearchQuery} with {@link dev.polymath.search.Hit}s.
 *
 * <p>What a model computes lives in {@code dev.polymath.run}; readers of collections live in {@code dev.polymath.data}; what a
 * terminal needs lives in {@code dev.polymath.cli}.
 */
package dev.polymath.search;
