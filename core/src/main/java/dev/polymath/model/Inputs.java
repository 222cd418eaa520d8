package dev.polymath.model;

/**
 * What a backbone reads, as values of an interpreter.
 *
 * @param ids token ids, integers {@code [rows, tokens]}
 * @param mask 1 for a token and 0 for padding (on the right), integers {@code [rows, tokens]}
 * @param types segment ids, 0 for the first text and 1 for the second, integers {@code [rows, tokens]}
 */
public record Inputs<T>(T ids, T mask, T types) {}
