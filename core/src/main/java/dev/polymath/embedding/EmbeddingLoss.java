package dev.polymath.embedding;

import dev.polymath.ops.Ops;

/**
 * What vectors are learned by. It sees the cosines of all vectors of a batch, and what each pair of them is to each other:
 *
 * <ul>
 *   <li>{@link Reads#MATCHES}: {@code values} has 1 where text j belongs to anchor i, {@code weights} has 1 where j is a
 *       candidate of anchor i, belonging or not.
 *   <li>{@link Reads#SCORES}: {@code weights} has 1 at the pairs that have a score, {@code values} has the score.
 *   <li>{@link Reads#TEACHER}: {@code values} has what a teacher gives the pair; {@code weights} has 2 where j belongs to
 *       anchor i and 1 where it is one of the anchor's own wrong ones.
 * </ul>
 */
public interface EmbeddingLoss {
    /** What a loss needs to be told of pairs. */
    enum Reads {
        MATCHES,
        SCORES,
        TEACHER
    }

    Reads reads();

    /**
     * A scalar.
     *
     * @param cosines {@code [vectors, vectors]}
     * @param values {@code [vectors, vectors]}
     * @param weights {@code [vectors, vectors]}, 0 where a pair says nothing
     */
    <T> T loss(Ops<T> ops, T cosines, T values, T weights);

    /**
     * About its value where vectors know nothing of the texts; see {@link dev.polymath.task.Task#chance}.
     *
     * @param rows of a batch
     */
    double chance(int rows);
}
