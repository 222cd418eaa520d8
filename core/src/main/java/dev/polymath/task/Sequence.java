package dev.polymath.task;

/**
 * What the backbone reads at once: a text, or two texts that see each other.
 *
 * @param text2 null for a text alone
 */
public record Sequence(String text, String text2) {}
