package dev.polymath.data;

/**
 * A row of a task's data.
 *
 * @param text the text; for {@code tag} the tokens joined by single spaces
 * @param text2 the second text of a pair, or null
 * @param label the answer, or null where the row has none
 * @param line the line of its file where the row starts, from 1
 */
public record Example(String text, String text2, Label label, long line) {}
