/**
 * How vectors of texts are learned: losses on the similarities of all vectors of a batch. A loss is one class and one line
 * in {@link dev.polymath.embedding.EmbeddingLosses}. Task kinds that give vectors, and how a text becomes one, are in {@code
 * dev.polymath.task}.
 */
package dev.polymath.embedding;
