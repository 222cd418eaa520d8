package dev.polymath.learn;

/** How often each task's rows are drawn. A sampler is one class and one line in {@link Samplers}. */
public interface Sampler {
    /**
     * The probability that a drawn row belongs to each task.
     *
     * @param rows number of training rows of each task, all positive
     * @return as many probabilities; they sum to 1
     */
    double[] probabilities(long[] rows);
}
