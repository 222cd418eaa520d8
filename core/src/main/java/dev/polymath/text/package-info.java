/** Texts as tokens: the tokenizer, encodings, and batches by token count. */
package dev.polymath.text;
