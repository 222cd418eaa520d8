package dev.polymath.server;

import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** What one request has for the model, while it waits and while it is computed. Changed by the batcher alone. */
final class Work {
    /** Characters of a token in English are 4 to 5; less is taken, since other languages have fewer. */
    private static final int CHARACTERS_A_TOKEN = 4;

    /** Special tokens, and what is rounded away. */
    private static final int TOKENS_BESIDE = 3;

    /**
     * What came of it.
     *
     * @param predictions for the questions, in their order
     * @param writing what a call gave, or null
     * @param queueNanos that it waited until the first of its texts was taken
     * @param inferenceNanos in passes, which it shared with others
     */
    record Done(List<Prediction> predictions, StrictBody.Writing writing, long queueNanos, long inferenceNanos) {}

    /** Some of a work's questions: those from {@code from} to {@code to}, excluded. */
    record Slice(Work work, int from, int to) {
        List<Question> questions() {
            return work.plan.questions().subList(from, to);
        }
    }

    private final ServedModel model;
    private final Plan plan;
    private final BooleanSupplier gone;
    private final long enqueued = System.nanoTime();
    private final CompletableFuture<Done> done = new CompletableFuture<>();
    private final Prediction[] predictions;
    private final int[] tokens;

    private long begun;
    private long inference;
    private int taken;
    private int answered;

    /**
     * @param model that answers, held by the request
     * @param gone whether nobody waits for the answer any more
     */
    Work(ServedModel model, Plan plan, BooleanSupplier gone) {
        this.model = model;
        this.plan = plan;
        this.gone = gone;
        this.predictions = new Prediction[plan.questions().size()];
        this.tokens = plan.call() != null
                ? new int[] {
                    plan.call().texts().stream()
                            .mapToInt(text -> tokens(text, model))
                            .sum()
                }
                : plan.questions().stream()
                        .mapToInt(question -> tokens(question, model))
                        .toArray();
    }

    ServedModel model() {
        return model;
    }

    Plan plan() {
        return plan;
    }

    CompletableFuture<Done> done() {
        return done;
    }

    long enqueued() {
        return enqueued;
    }

    boolean begun() {
        return begun != 0;
    }

    boolean gone() {
        return gone.getAsBoolean();
    }

    /** Texts that have not been taken. */
    int textsLeft() {
        return tokens.length - taken;
    }

    /** About the tokens of the texts that have not been taken. */
    long tokensLeft() {
        long sum = 0;
        for (int i = taken; i < tokens.length; i++) sum += tokens[i];
        return sum;
    }

    /** Takes the next texts, as many as fit into so many tokens; {@code one} where at least one must be taken. */
    Slice take(long room, boolean one, long now) {
        int from = taken;
        long sum = 0;
        while (taken < tokens.length && (sum + tokens[taken] <= room || one && taken == from)) sum += tokens[taken++];
        if (taken > from && begun == 0) begun = now;
        return new Slice(this, from, taken);
    }

    void answer(Slice slice, List<Prediction> some, long nanos) {
        inference += nanos;
        for (int i = 0; i < some.size(); i++) predictions[slice.from + i] = some.get(i);
        answered += some.size();
        if (answered == predictions.length)
            done.complete(new Done(List.of(predictions), null, begun - enqueued, inference));
    }

    void answer(StrictBody.Writing writing, long nanos) {
        done.complete(new Done(List.of(), writing, begun - enqueued, nanos));
    }

    void fail(Throwable failure) {
        done.completeExceptionally(failure);
    }

    private static int tokens(Question question, ServedModel model) {
        String second = question.input().text2();
        int characters = question.input().text().length() + (second == null ? 0 : second.length());
        return question.input().whole() ? tokens(characters) : tokens(characters, model);
    }

    private static int tokens(String text, ServedModel model) {
        return tokens(text.length(), model);
    }

    private static int tokens(int characters, ServedModel model) {
        return Math.min(model.maxTokens(), tokens(characters));
    }

    private static int tokens(int characters) {
        return TOKENS_BESIDE + characters / CHARACTERS_A_TOKEN;
    }
}
