package dev.polymath.sharing;

/**
 * Where in a run a step is.
 *
 * @param progress the share of the run that lies before it, 0 to 1
 * @param seed another one each step; what a part draws in the step follows from it, however often the step is computed
 */
public record Learning(double progress, long seed) {}
