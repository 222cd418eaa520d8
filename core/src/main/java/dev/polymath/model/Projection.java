package dev.polymath.model;

/**
 * A linear map of a backbone, {@code x W^T + b} for {@code x [rows, tokens, in]}.
 *
 * @param weight the name of the weight that holds its {@code W [out, in]}, perhaps between others'
 * @param from the first row there that is its
 * @param in width of what it reads
 * @param out width of what it gives
 */
public record Projection(String weight, long from, long in, long out) {
    /** The name of the weight that holds its {@code b}, where it has one. */
    public String bias() {
        return weight.substring(0, weight.length() - "weight".length()) + "bias";
    }
}
