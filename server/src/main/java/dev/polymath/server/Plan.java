package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.run.Polymath;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * What a request asks of the model, and how the answer to it is written down.
 *
 * @param questions that share passes with those of other requests
 * @param call what has a pass of its own, or null
 * @param answer writes down the predictions for the questions, in their order; may find a fault in them; null where a call or
 *     what comes next does that
 * @param next what is asked once the questions have been answered, where their answers decide that; or null
 * @param lines whether the answer is a line a value (NDJSON) instead of one value
 */
record Plan(List<Question> questions, Call call, Answer answer, Function<List<Prediction>, Plan> next, boolean lines) {
    /** Writes an answer. */
    @FunctionalInterface
    interface Answer {
        void write(JsonGenerator json, List<Prediction> predictions) throws IOException;
    }

    /**
     * What only the model itself can tell.
     *
     * @param texts that are read
     */
    record Call(List<String> texts, Computing computing) {
        /** Computes, and gives how to write it down. */
        @FunctionalInterface
        interface Computing {
            StrictBody.Writing of(Polymath model);
        }
    }

    Plan {
        questions = List.copyOf(questions);
    }

    static Plan of(List<Question> questions, Answer answer) {
        return new Plan(questions, null, answer, null, false);
    }

    /** Needs no computing. */
    static Plan of(StrictBody.Writing writing) {
        return of(List.of(), (json, none) -> writing.to(json));
    }

    static Plan calling(List<String> texts, Call.Computing computing) {
        return new Plan(List.of(), new Call(texts, computing), null, null, false);
    }

    /** Asks, and then as the predictions for the questions say; these may be none. */
    static Plan then(List<Question> questions, Function<List<Prediction>, Plan> next) {
        return new Plan(questions, null, null, next, false);
    }

    /** Whether the model has anything to do for it. */
    boolean computes() {
        return call != null || !questions.isEmpty();
    }
}
