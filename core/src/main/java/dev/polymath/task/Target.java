package dev.polymath.task;

import dev.polymath.weights.Array;

/**
 * The labels of a batch's rows as arrays that a loss reads.
 *
 * @param values class indices or numbers; {@code [rows]}, {@code [rows, labels]} or {@code [rows, tokens]}
 * @param weights F32 of the leading shape of the values: 0 where there is no label
 */
public record Target(Array values, Array weights) {}
