/** The project file as records, and its strict reading. What a key means to one kind of task lives in dev.polymath.task. */
package dev.polymath.project;
