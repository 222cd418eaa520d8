/**
 * The project file and the data that it names. {@link dev.polymath.project.ProjectReader} reads the file strictly into a
 * {@link dev.polymath.project.Project}, {@link dev.polymath.project.Dataset} loads its tasks' examples, and {@link
 * dev.polymath.project.Check} reports on both. What a key or a row means to one kind of task lives in dev.polymath.task,
 * how a data file is read in dev.polymath.data.
 */
package dev.polymath.project;
