/**
 * Readers of data files, and the rows and examples that they give. {@link dev.polymath.data.DataFiles} opens a file,
 * {@link dev.polymath.data.RowReader} walks over its rows. {@link dev.polymath.data.BeirFolder} is a collection of passages
 * with queries and judgements of relevance. What a row means to a task lives in dev.polymath.task; which
 * rows a task trains on lives in dev.polymath.project.
 */
package dev.polymath.data;
