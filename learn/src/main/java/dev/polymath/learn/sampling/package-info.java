/** Samplers: how often, when and in which order each task's rows are drawn, and the plan of batches that follows. */
package dev.polymath.learn.sampling;
