/**
 * Comparisons: a grid of variants of a project, each trained with several seeds, and what can be said of the
 * differences; recipes, which hold a published claim against such a comparison.
 *
 * <p>{@link dev.polymath.learn.compare.Summary} is what a comparison found. Its numbers come from
 * {@link dev.polymath.learn.compare.Interval}, {@link dev.polymath.learn.compare.PairedBootstrap} and
 * {@link dev.polymath.learn.compare.Holm}; {@link dev.polymath.learn.compare.ComparisonPage} and
 * {@link dev.polymath.learn.compare.ComparisonText} show it.
 */
package dev.polymath.learn.compare;
