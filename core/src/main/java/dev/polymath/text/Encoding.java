package dev.polymath.text;

/**
 * A text, or a pair of texts, as tokens.
 *
 * @param ids token ids, special tokens included, no padding
 * @param types segment of each token, 0 or 1
 * @param starts where each token starts in its own text, in UTF-16 units; -1 for special tokens
 * @param ends where each token ends (excluded); -1 for special tokens
 * @param truncated whether tokens were cut to fit the limit
 */
public record Encoding(int[] ids, int[] types, int[] starts, int[] ends, boolean truncated) {
    public int length() {
        return ids.length;
    }
}
