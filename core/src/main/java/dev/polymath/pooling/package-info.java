/**
 * How the states of a text's tokens become one vector. A way of pooling is one class and one line in {@link
 * dev.polymath.pooling.Poolings}. Kinds of tasks, which name them, are in {@code dev.polymath.task}.
 */
package dev.polymath.pooling;
