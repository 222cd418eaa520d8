/** Readers of data files, and the rows and examples that they give. What a row means to a task lives in dev.polymath.task. */
package dev.polymath.data;
