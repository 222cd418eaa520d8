/** Kinds of tasks: labels, head, loss, decoding, metrics, one class a kind. What the network below the heads is lives in dev.polymath.model. */
package dev.polymath.task;
