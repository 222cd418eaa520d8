/**
 * Comparisons: a grid of variants of a project, each trained with several seeds, and what can be said of the
 * differences; recipes, which hold a published claim against such a comparison.
 */
package dev.polymath.learn.compare;
