package dev.polymath.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.model.Backbone;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import dev.polymath.pooling.Pooling;
import dev.polymath.project.PartSpec;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A task of a model: its labels, head, loss, decoding and metrics. One class a kind; kinds are registered in {@link
 * TaskKinds}. Immutable.
 */
public interface Task {
    /** The task's name in the project. */
    String name();

    /** Its kind's name: {@code classify}, ... */
    String type();

    /** Whether it reads pairs of texts. */
    boolean pairs();

    /** Whether it reads the two texts of a pair as one sequence, in which they see each other; else each by itself. */
    default boolean together() {
        return pairs();
    }

    /**
     * What of a row the backbone reads, each sequence by itself: one for most tasks, several for those that compare texts
     * which do not see each other.
     */
    default List<Sequence> sequences(Example row) {
        return List.of(new Sequence(row.text(), together() ? row.text2() : null));
    }

    /** What it reads before a text that is asked about, or nothing. */
    default String prompt() {
        return "";
    }

    /** The labels in the order of the head's outputs; empty where the kind has none. */
    List<String> labels();

    // ---- the network

    /** Fresh weights of its head, under names that begin with {@code heads.NAME.}. */
    Weights initial(int width, SplittableRandom random);

    /** How the states of a text's tokens become one vector; null where they stay a state a token. */
    default Pooling pooling() {
        return null;
    }

    /**
     * What its head reads of a pass.
     *
     * @param layers of the backbone
     */
    default Reading reading(int layers) {
        return pooling() == null ? Reading.of(layers) : pooling().reading(layers);
    }

    /** All that its head may be given when it answers: {@link #reading}, and those of what it can be cut to. */
    default List<Reading> readings(int layers) {
        return List.of(reading(layers));
    }

    /**
     * It once for each head that it has: one, or one for each depth that its answers can be cut to.
     *
     * @param layers of the backbone
     */
    default List<Task> heads(int layers) {
        return List.of(this);
    }

    /** Which of its heads this one has, for names of files; empty for that of whole answers. */
    default String headKey() {
        return "";
    }

    /** @throws dev.polymath.InputException if it reads what the backbone has not */
    default void check(Backbone backbone) {
        if (pooling() != null) pooling().check(backbone);
    }

    /** Whether a weight of its head is learned by descent. */
    default boolean learns(String weight) {
        return pooling() == null || pooling().learns(name(), weight);
    }

    /**
     * Raw outputs: {@code [rows, outputs]}, or {@code [rows, tokens, outputs]} for a task on tokens.
     *
     * @param hidden what {@link #reading} names
     */
    <T> T head(Ops<T> ops, Hidden<T> hidden);

    /**
     * How it is learned.
     *
     * @param layers of the backbone
     */
    default Learner learner(int layers) {
        return new Learner.Plain(this, reading(layers));
    }

    /**
     * How many rows learn together in a batch of their own, since each is judged by the others; 0 where rows may share
     * batches with those of other tasks.
     */
    default int batchRows() {
        return 0;
    }

    /**
     * Labels as arrays.
     *
     * @param encodings of all sequences of all examples, in their order
     * @param tokens that they are padded to
     */
    Target target(List<Example> examples, List<Encoding> encodings, int tokens);

    /**
     * Mean loss over the labelled items, a scalar; {@code values} and {@code weights} as {@link Target} has them.
     *
     * @param output the head's, a row for each sequence
     */
    <T> T loss(Ops<T> ops, T output, T values, T weights);

    /**
     * About the loss of a model that knows nothing of the texts: trainers divide by it, so that a task with two labels
     * counts beside one with a hundred (loss scaling, Aghajanyan et al. 2021, Muppet, arXiv:2101.11038). Above 0.
     */
    double chance();

    // ---- answers

    /** What of a head's raw output for a row is asked for. */
    default float[] served(float[] output) {
        return output;
    }

    /**
     * Raw output of one row as an answer.
     *
     * @param output {@code outputs} floats, or {@code tokens * outputs} row-major for a task on tokens
     * @param example the row; its label is not looked at, but for {@code tag} its token spans are where it has them
     */
    Answer decode(float[] output, Encoding encoding, Example example);

    /** What answers to these rows are chosen from, beside the rows themselves, such as a corpus; read once for all of them. */
    default List<Sequence> candidates(List<Example> rows) {
        return List.of();
    }

    /** Answers to rows that are measured together; a row's may depend on the others and on the candidates. */
    default List<Answer> answers(List<Example> rows, Outputs outputs) {
        List<Answer> answers = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            answers.add(decode(outputs.rows().get(i).get(0), outputs.encodings().get(i), rows.get(i)));
        }
        return answers;
    }

    /** This task with what is fitted on held-out rows (a threshold), given their raw outputs; often itself. */
    default Task calibrated(List<Example> examples, List<float[]> outputs) {
        return this;
    }

    // ---- measures

    /** Metrics by name, the primary one first, over labelled examples and the answers to them. */
    Map<String, Double> metrics(List<Example> examples, List<Answer> answers);

    /** What {@code polymath.json} must keep to make this task again, beside name and type: labels, thresholds, ... */
    ObjectNode state();

    /** What else of its settings learning depends on: a run goes on from a checkpoint only where it is the same. */
    default List<PartSpec> learning() {
        return List.of();
    }
}
