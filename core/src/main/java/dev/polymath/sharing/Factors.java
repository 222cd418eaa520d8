package dev.polymath.sharing;

import dev.polymath.weights.Array;

/**
 * A matrix of low rank as two: what it adds to a projection's output is {@code (x down) up}.
 *
 * @param down {@code [in, rank]}
 * @param up {@code [rank, out]}
 */
public record Factors(Array down, Array up) {}
