/** Texts as tokens: the tokenizer, encodings, and batches by token count; and words that depend on no tokenizer. */
package dev.polymath.text;
