/**
 * How a task that ranks passages for a query makes a score of both: what it reads together, or what it keeps of each and how it
 * compares that. A form is one class and one line in {@link dev.polymath.interaction.Forms}. The kind of task that uses them is
 * {@link dev.polymath.task.Rerank}.
 */
package dev.polymath.interaction;
