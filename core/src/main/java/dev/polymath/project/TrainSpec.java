package dev.polymath.project;

/**
 * How to train.
 *
 * @param epochs passes over as many rows as all tasks have together
 * @param batchTokens tokens a step, padding counted
 * @param learningRate the peak of the schedule, for the backbone
 * @param headLearningRate the peak for the heads
 * @param sharingLearningRate the peak for what sharing parts add
 * @param backbone whether the backbone learns too
 * @param warmup share of the steps in which the rate rises
 * @param weightDecay AdamW's decoupled decay
 * @param clip largest norm of the gradient; 0 for none
 * @param dropout share of hidden values dropped
 * @param maxTokens texts are cut to this many tokens
 * @param maxRows the most rows that a task learns from, and that it is measured on between epochs; the same rows
 *     whatever the seed
 * @param precision what products are computed in
 * @param seed of everything that is random
 */
public record TrainSpec(
        double epochs,
        int batchTokens,
        double learningRate,
        double headLearningRate,
        double sharingLearningRate,
        Learns backbone,
        double warmup,
        double weightDecay,
        double clip,
        double dropout,
        int maxTokens,
        int maxRows,
        Precision precision,
        long seed) {

    /** As this, with texts cut to another length. */
    public TrainSpec withMaxTokens(int most) {
        return new TrainSpec(
                epochs,
                batchTokens,
                learningRate,
                headLearningRate,
                sharingLearningRate,
                backbone,
                warmup,
                weightDecay,
                clip,
                dropout,
                most,
                maxRows,
                precision,
                seed);
    }

    /** {@code AUTO} leaves it to the sharing parts: frozen where all tasks' parts freeze it, such as {@code lora}. */
    public enum Learns {
        AUTO,
        TRAINED,
        FROZEN
    }

    /** {@code AUTO} takes BF16 where the processor has instructions for it. */
    public enum Precision {
        AUTO,
        FP32,
        BF16
    }
}
