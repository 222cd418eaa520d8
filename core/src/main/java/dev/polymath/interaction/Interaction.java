package dev.polymath.interaction;

import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.weights.Weights;
import java.util.SplittableRandom;

/**
 * A form that reads query and passage each by itself, and compares what it has of them: a query is read once however many
 * passages it is compared with, and what it has of a passage can be kept. Stateless; its weights are the task's, {@code
 * heads.NAME.*}.
 *
 * <p>Of a text it has {@code items}, each of {@link #size} numbers: first {@link #vectors}, and then one for each token. Of a
 * query the tokens' items count; of a passage the first ones where there are some, else the tokens' as well.
 */
public non-sealed interface Interaction extends Form {
    /** Added to what padding has: {@code exp} of it is 0, and no similarity is as low. */
    double NEVER = -1e4;

    /** How many vectors a passage is, whatever its length; 0 where it is as many as it has tokens. */
    int vectors();

    /**
     * Numbers of an item.
     *
     * @param width the backbone's
     */
    int size(int width);

    /** Fresh weights, under names that begin with {@code heads.TASK.}. */
    Weights initial(String task, int width, SplittableRandom random);

    /** What it has of texts: states {@code [rows, tokens, width]} as {@code [rows, vectors + tokens, size]}. */
    <T> T items(Ops<T> ops, String task, Hidden<T> hidden);

    /**
     * A score for each pair, {@code [pairs]}; more is better.
     *
     * @param queries {@code [pairs, tokens, size]}, or {@code [1, tokens, size]} for one that all passages are compared with
     * @param queryMask 1 for a token and 0 for padding, floats {@code [pairs, tokens]}; null where nothing is padding
     * @param passages {@code [pairs, items, size]}
     * @param passageMask the same of the passages, {@code [pairs, items]}
     */
    <T> T scores(Ops<T> ops, String task, T queries, T queryMask, T passages, T passageMask);
}
