package dev.polymath.task;

import dev.polymath.ops.Ops;

/**
 * The losses of the task kinds: negative log likelihoods, averaged over the labelled rows of a batch. Trainers
 * divide them by {@link Task#chance}, so that tasks of any kind weigh about the same beside each other.
 */
final class Losses {
    /** Stands in for the number of labelled items where there are none; the sum above it is then exactly 0. */
    private static final double TINY = 1e-6;

    private Losses() {}

    /**
     * Softmax cross-entropy, {@code -log softmax(output)[value]}.
     *
     * @param output logits {@code [items..., labels]}
     * @param values the labels' indices, integers {@code [items...]}
     * @param weights {@code [items...]}, 0 where there is no label
     * @return a scalar
     */
    static <T> T crossEntropy(Ops<T> ops, T output, T values, T weights) {
        return mean(ops, ops.scale(ops.pick(ops.logSoftmax(output, -1), values), -1), weights);
    }

    /**
     * Softmax cross-entropy of the words of a row, {@code sum_w -log softmax(output_w)[value_w] / sqrt(words)}, averaged
     * over the rows that have labelled words. The gradient of a plain mean over n words has about 1 / sqrt(n) the norm
     * of one label's, so that tagging would whisper beside classification.
     *
     * @param output logits {@code [rows, tokens, labels]}
     * @param values the labels' indices, integers {@code [rows, tokens]}
     * @param weights {@code [rows, tokens]}, 1 at a labelled word and 0 elsewhere
     * @return a scalar
     */
    static <T> T sequenceCrossEntropy(Ops<T> ops, T output, T values, T weights) {
        T perWord = ops.scale(ops.pick(ops.logSoftmax(output, -1), values), -1);
        T words = ops.sum(weights, -1, false);
        T sums = ops.sum(ops.multiply(perWord, weights), -1, false);
        T perRow = ops.divide(sums, ops.sqrt(ops.atLeast(words, 1)));
        T labelled = ops.total(ops.divide(words, ops.atLeast(words, TINY)));
        return ops.divide(ops.total(perRow), ops.atLeast(labelled, TINY));
    }

    /**
     * Binary cross-entropy of independent yes-or-no outputs, summed over a row's outputs: {@code sum_k log(1 +
     * exp(z_k)) - y_k z_k}. The sum (not the mean) is the row's negative log likelihood; a mean over 28 labels would let
     * such a task whisper beside one of 28 classes.
     *
     * @param output logits {@code z [rows, outputs]}
     * @param values {@code y [rows, outputs]}, 0 or 1
     * @param weights {@code [rows]}, 0 where there is no label
     * @return a scalar
     */
    static <T> T binaryCrossEntropy(Ops<T> ops, T output, T values, T weights) {
        T perOutput = ops.subtract(ops.softplus(output), ops.multiply(output, values));
        return mean(ops, ops.sum(perOutput, -1, false), weights);
    }

    /**
     * Squared error, {@code (output - value)^2}.
     *
     * @param output {@code [rows, 1]}
     * @param values {@code [rows]}
     * @param weights {@code [rows]}, 0 where there is no label
     * @return a scalar
     */
    static <T> T squaredError(Ops<T> ops, T output, T values, T weights) {
        T error = ops.subtract(ops.reshape(output, -1), values);
        return mean(ops, ops.multiply(error, error), weights);
    }

    /**
     * Binary cross-entropy of each pair's score, averaged over the pairs.
     *
     * @param scores logits {@code [pairs]}
     * @param values {@code [pairs]}, 1 for an answer and 0 for none
     * @return a scalar
     */
    static <T> T pointwise(Ops<T> ops, T scores, T values) {
        return ops.mean(ops.subtract(ops.softplus(scores), ops.multiply(scores, values)), 0, false);
    }

    /**
     * {@code -log softmax} of an answer's score among those of its row, averaged over the answers.
     *
     * @param scores logits {@code [pairs]}
     * @param values {@code [pairs]}, 1 for an answer and 0 for none
     * @param rows {@code [pairs, pairs]}, 1 where both are of one row and 0 elsewhere
     * @return a scalar
     */
    static <T> T listwise(Ops<T> ops, T scores, T values, T rows) {
        // exp(-1e4) is 0 in F32.
        T ofRow = ops.add(ops.reshape(scores, 1, -1), ops.affine(rows, 1e4, -1e4));
        T most = ops.detached(ops.max(ofRow, -1, true));
        T sums = ops.log(ops.sum(ops.exp(ops.subtract(ofRow, most)), -1, false));
        T against = ops.add(ops.reshape(most, -1), sums);
        return mean(ops, ops.subtract(against, scores), values);
    }

    /** The cross-entropy of one label of several where each is as likely. */
    static double ofGuessing(int labels) {
        return Math.log(Math.max(2, labels));
    }

    /** The cross-entropy of a yes or no that is always given its own probability, 0 to 1 excluded. */
    static double entropy(double probability) {
        return -probability * Math.log(probability) - (1 - probability) * Math.log1p(-probability);
    }

    private static <T> T mean(Ops<T> ops, T perItem, T weights) {
        return ops.divide(ops.total(ops.multiply(perItem, weights)), ops.atLeast(ops.total(weights), TINY));
    }
}
