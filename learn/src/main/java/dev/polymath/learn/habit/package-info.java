/**
 * Habits: what may happen while learning beside sampling and balancing: a task's loss changed, gradients changed, a task
 * put to rest. A finished model knows nothing of them.
 */
package dev.polymath.learn.habit;
