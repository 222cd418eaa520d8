package dev.polymath.server;

import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gathers the texts of many requests into common passes. A thread takes what waits as soon as it is worth a pass's tokens, or the
 * first of it has waited for the delay, and computes it; what comes meanwhile waits for the next pass. A request with more texts
 * than a pass has room for goes to the end of the queue with the rest of them, so that small ones do not wait for it.
 * Each request's answers go back to it; of requests whose sender has gone nothing is computed. Thread-safe.
 */
final class Batcher implements AutoCloseable {
    /** Waiting tokens at most, in passes: where texts are long, the queue's texts would be minutes of computing. */
    private static final int QUEUE_PASSES = 32;
    /** One request fills at most this part of the queue, for small ones do not wait for it. */
    private static final int LARGEST_PART = 4;

    /** A work in the queue, with what is left of it, and how much of the queue it fills. */
    private record Waiting(Work work, int texts, long tokens, int filledTexts, long filledTokens) {}

    private final ServerSettings.Batching settings;
    private final Meters meters;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Thread thread;
    private int texts;
    private long tokens;
    private int filledTexts;
    private long filledTokens;
    /** Of late; 0 while that is not known. */
    private double nanosPerToken;
    /** Of the pass under way. */
    private long passTokens;

    private boolean closing;

    Batcher(ServerSettings.Batching settings, Meters meters) {
        this.settings = settings;
        this.meters = meters;
        meters.watchQueue(this::waiting);
        thread = new Thread(this::run, "batcher");
        thread.setDaemon(true);
        thread.start();
    }

    /** Texts that wait. */
    int waiting() {
        lock.lock();
        try {
            return texts;
        } finally {
            lock.unlock();
        }
    }

    /** Texts that may wait. */
    int capacity() {
        return settings.queue();
    }

    /** Tokens of a pass, about. */
    int passTokens() {
        return settings.tokens();
    }

    /** @throws Fault if the queue is full, for who would rather know before reading a request */
    void requireRoom() {
        lock.lock();
        try {
            if (filledTexts >= settings.queue()) throw full();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has the model compute a work, soon.
     *
     * @throws Fault if the queue is full: more texts wait than it holds, these included, or more tokens than {@value
     *     #QUEUE_PASSES} passes have, or so many that these would have to wait too long
     */
    void submit(Work work) {
        lock.lock();
        try {
            if (closing) throw new Fault(Fault.Kind.STOPPING, "the server is stopping");
            Waiting entry = waiting(work);
            if (filledTexts + entry.filledTexts > settings.queue() || filledTokens + entry.filledTokens > queueTokens())
                throw full();
            if (filledTokens * nanosPerToken > settings.longest().toNanos()) throw full();
            queue.addLast(counted(entry, 1));
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Computes what waits, and takes nothing more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault full() {
        meters.turnedAway();
        return new Fault(Fault.Kind.OVERLOADED, "the server is busy: " + texts + " texts wait; try again in a second");
    }

    private long queueTokens() {
        return (long) QUEUE_PASSES * settings.tokens();
    }

    private Waiting waiting(Work work) {
        int most = Math.max(1, settings.queue() / LARGEST_PART);
        return new Waiting(
                work,
                work.textsLeft(),
                work.tokensLeft(),
                Math.min(work.textsLeft(), most),
                Math.min(work.tokensLeft(), queueTokens() / LARGEST_PART));
    }

    /** The same, after it has been counted in or out. */
    private Waiting counted(Waiting entry, int sign) {
        texts += sign * entry.texts;
        tokens += sign * entry.tokens;
        filledTexts += sign * entry.filledTexts;
        filledTokens += sign * entry.filledTokens;
        return entry;
    }

    private void run() {
        try {
            for (List<Work.Slice> pass = next(); pass != null; pass = next()) compute(pass);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next pass; null when the queue is empty and closed. */
    private List<Work.Slice> next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                while (queue.isEmpty()) {
                    if (closing) return null;
                    changed.await();
                }
                Work first = queue.peek().work;
                long wait = first.enqueued() + settings.delay().toNanos() - System.nanoTime();
                if (closing || wait <= 0 || tokens >= settings.tokens()) {
                    List<Work.Slice> pass = gather();
                    if (!pass.isEmpty()) return pass;
                } else {
                    changed.await(wait, TimeUnit.NANOSECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Work.Slice> gather() {
        List<Work.Slice> pass = new ArrayList<>();
        List<Work> passedOver = new ArrayList<>();
        List<Work> unfinished = new ArrayList<>();
        long room = settings.tokens();
        long now = System.nanoTime();
        while (!queue.isEmpty() && room > 0) {
            Work work = counted(queue.poll(), -1).work;
            if (work.gone()) {
                drop(work);
                continue;
            }
            boolean first = pass.isEmpty();
            boolean alone = work.plan().call() != null;
            if (!first && (alone || work.model() != pass.get(0).work().model())) {
                passedOver.add(work);
                continue;
            }
            long before = work.tokensLeft();
            Work.Slice slice = work.take(room, first, now);
            room -= before - work.tokensLeft();
            if (slice.to() > slice.from()) {
                pass.add(slice);
                if (work.textsLeft() > 0) unfinished.add(work);
            } else {
                passedOver.add(work);
            }
            if (alone || work.textsLeft() > 0) break;
        }
        passTokens = settings.tokens() - room;
        for (int i = passedOver.size() - 1; i >= 0; i--) queue.addFirst(counted(waiting(passedOver.get(i)), 1));
        for (Work work : unfinished) queue.addLast(counted(waiting(work), 1));
        return pass;
    }

    private void drop(Work work) {
        meters.dropped();
        work.fail(new Fault(Fault.Kind.GONE, "the client has gone"));
    }

    private void compute(List<Work.Slice> pass) {
        long begun = System.nanoTime();
        Work.Slice first = pass.get(0);
        if (first.work().plan().call() != null) call(first);
        else answer(pass);
        took(System.nanoTime() - begun);
    }

    /** A pass with little in it tells nothing of how fast a full one is: much of its time is the same for any. */
    private void took(long nanos) {
        if (passTokens < settings.tokens() / 8) return;
        double latest = (double) nanos / Math.max(1, passTokens);
        lock.lock();
        try {
            nanosPerToken = nanosPerToken == 0 ? latest : 0.8 * nanosPerToken + 0.2 * latest;
        } finally {
            lock.unlock();
        }
    }

    private void call(Work.Slice slice) {
        long begun = System.nanoTime();
        try {
            StrictBody.Writing writing = slice.work()
                    .plan()
                    .call()
                    .computing()
                    .of(slice.work().model().polymath());
            slice.work().answer(writing, System.nanoTime() - begun);
        } catch (RuntimeException | Error e) {
            slice.work().fail(e);
        }
    }

    private void answer(List<Work.Slice> pass) {
        List<Question> questions = new ArrayList<>();
        for (Work.Slice slice : pass) questions.addAll(slice.questions());
        long begun = System.nanoTime();
        List<Prediction> predictions;
        try {
            predictions = pass.get(0).work().model().polymath().predict(questions);
        } catch (RuntimeException | Error e) {
            if (pass.size() == 1) pass.get(0).work().fail(e);
            // One of them is at fault; the others shall not suffer for it.
            else for (Work.Slice slice : pass) answer(List.of(slice));
            return;
        }
        long nanos = System.nanoTime() - begun;
        int total = 0;
        for (Prediction prediction : predictions) total += prediction.tokens();
        meters.pass(questions.size(), total);
        int from = 0;
        for (Work.Slice slice : pass) {
            int to = from + slice.to() - slice.from();
            slice.work().answer(slice, predictions.subList(from, to), nanos);
            from = to;
        }
    }
}
