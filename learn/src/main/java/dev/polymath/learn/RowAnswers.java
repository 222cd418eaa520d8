package dev.polymath.learn;

import dev.polymath.learn.torch.Network;
import dev.polymath.task.Answer;
import dev.polymath.task.Interacting;
import dev.polymath.task.Outputs;
import dev.polymath.task.Sequence;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Answers of a network to rows that are measured, while it learns.
 *
 * @param task with what was fitted on the rows, where that is asked for
 */
record RowAnswers(Task task, List<Answer> answers) {
    /** 256 MB of passages are kept while queries are measured. */
    private static final long PASSAGE_FLOATS = 1L << 26;

    /**
     * @param index the task's position in the project
     * @param fit whether the task is fitted on the rows first
     */
    static RowAnswers of(
            Network network, Map<String, Tensor> weights, Task task, int index, EncodedRows rows, boolean fit) {
        if (task instanceof Interacting compares) {
            Map<String, Encoding> known = new HashMap<>();
            for (int row = 0; row < rows.size(); row++) {
                List<Sequence> sequences = task.sequences(rows.examples().get(row));
                for (int i = 0; i < sequences.size(); i++) {
                    known.putIfAbsent(sequences.get(i).text(), rows.of(row).get(i));
                }
            }
            var comparison = network.comparison(weights, compares, index, known, PASSAGE_FLOATS);
            return new RowAnswers(task, compares.answers(rows.examples(), comparison));
        }
        Outputs outputs = rows.outputs(network.outputs(weights, task, index, rows.all()));
        List<float[]> firsts = outputs.rows().stream().map(row -> row.get(0)).toList();
        Task fitted = fit ? task.calibrated(rows.examples(), firsts) : task;
        return new RowAnswers(fitted, fitted.answers(rows.examples(), outputs));
    }
}
