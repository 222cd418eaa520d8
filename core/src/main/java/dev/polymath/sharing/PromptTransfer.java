package dev.polymath.sharing;

import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which task's prompt a new task's may begin from: the one that is most like the prompt that the new task learned by itself
 * in a short run. Prompts {@code P} and {@code Q}, each {@code [tokens, width]}, are alike by the cosine of their mean tokens,
 *
 * <pre>
 *   similarity(P, Q) = cosine(mean_i P[i], mean_j Q[j])
 * </pre>
 *
 * Vu et al. 2022, <i>SPoT: Better Frozen Model Adaptation through Soft Prompt Transfer</i>, arXiv:2110.07904, where it goes
 * with how much a transfer gains; the plain prompt transfer of Zhong et al. 2022, <i>PANDA: Prompt Transfer Meets Knowledge
 * Distillation for Efficient Model Adaptation</i>, arXiv:2208.10160. PANDA's own metric takes the cosine of what the model
 * makes of tasks with their prompts: give such states, {@code [rows, width]}, in the prompts' stead. Its distillation from
 * the source's prompt while the new one learns is not here. {@code polymath add} prints similarities, and begins from the task
 * that it is told to.
 */
public final class PromptTransfer {
    private PromptTransfer() {}

    /**
     * From -1 to 1; 0 where a mean is zero.
     *
     * @param prompt {@code [tokens, width]}; {@code other} may have another number of tokens
     * @throws IllegalArgumentException if their widths differ
     */
    public static double similarity(Array prompt, Array other) {
        double[] a = meanToken(prompt);
        double[] b = meanToken(other);
        if (a.length != b.length) {
            throw new IllegalArgumentException("prompts of width " + a.length + " and " + b.length);
        }
        double product = 0;
        double norms = Math.sqrt(squares(a) * squares(b));
        for (int i = 0; i < a.length; i++) product += a[i] * b[i];
        return norms == 0 ? 0 : product / norms;
    }

    /** The similarity of each two, {@code [prompts][prompts]}. */
    public static double[][] similarities(List<Array> prompts) {
        double[][] similarities = new double[prompts.size()][prompts.size()];
        for (int i = 0; i < similarities.length; i++) {
            for (int j = 0; j <= i; j++) {
                similarities[i][j] = similarities[j][i] = similarity(prompts.get(i), prompts.get(j));
            }
        }
        return similarities;
    }

    /**
     * How like a task's prompt those of others are, where their part is {@link TaskPrompt}, the most like first.
     *
     * @param own the task's own weights
     * @param sources own weights of others by task
     */
    public static Map<String, Double> similarities(Weights own, Map<String, Weights> sources) {
        Map<String, Double> similarities = new LinkedHashMap<>();
        sources.forEach((task, other) ->
                similarities.put(task, similarity(own.get(TaskPrompt.WEIGHT), other.get(TaskPrompt.WEIGHT))));
        Map<String, Double> sorted = new LinkedHashMap<>();
        similarities.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(each -> sorted.put(each.getKey(), each.getValue()));
        return sorted;
    }

    /**
     * The task whose prompt is most like another; the first of several.
     *
     * @param sources prompts by task
     * @throws IllegalArgumentException if there are none
     */
    public static String nearest(Array prompt, Map<String, Array> sources) {
        String nearest = null;
        double most = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Array> source : sources.entrySet()) {
            double similarity = similarity(prompt, source.getValue());
            if (similarity <= most) continue;
            most = similarity;
            nearest = source.getKey();
        }
        if (nearest == null) throw new IllegalArgumentException("there is no prompt to begin from");
        return nearest;
    }

    /**
     * A task's own weights under {@link TaskPrompt}, to begin learning from: those of the task whose prompt is most like its
     * own.
     *
     * @param own what it learned by itself in a short run
     * @param sources own weights of tasks with the same part
     */
    public static Weights begun(Weights own, Map<String, Weights> sources) {
        Map<String, Array> prompts = new LinkedHashMap<>();
        sources.forEach((task, weights) -> prompts.put(task, weights.get(TaskPrompt.WEIGHT)));
        return sources.get(nearest(own.get(TaskPrompt.WEIGHT), prompts));
    }

    private static double[] meanToken(Array prompt) {
        int tokens = (int) prompt.shape()[0];
        int width = (int) prompt.shape()[1];
        float[] values = prompt.floats();
        double[] mean = new double[width];
        for (int i = 0; i < values.length; i++) mean[i % width] += (double) values[i] / tokens;
        return mean;
    }

    private static double squares(double[] values) {
        double sum = 0;
        for (double value : values) sum += value * value;
        return sum;
    }
}
