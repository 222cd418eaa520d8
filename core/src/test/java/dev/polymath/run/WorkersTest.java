package dev.polymath.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {
    private static final List<Integer> PARTS = IntStream.range(0, 100).boxed().toList();

    @Test
    void everyPartIsDoneOnceHoweverManyThereAre() {
        for (int count : new int[] {1, 2, 5}) {
            try (Workers workers = new Workers(count)) {
                for (int parts : new int[] {0, 1, 2, 100}) {
                    AtomicInteger[] done =
                            PARTS.stream().map(part -> new AtomicInteger()).toArray(AtomicInteger[]::new);
                    workers.each(PARTS.subList(0, parts), part -> done[part].incrementAndGet());
                    for (int i = 0; i < done.length; i++) assertThat(done[i]).hasValue(i < parts ? 1 : 0);
                }
            }
        }
    }

    @Test
    void partsAreDoneSideBySide() {
        CyclicBarrier three = new CyclicBarrier(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Workers workers = new Workers(3)) {
            workers.each(PARTS.subList(0, 3), part -> {
                threads.add(Thread.currentThread());
                meet(three);
            });
        }
        assertThat(threads).hasSize(3).contains(Thread.currentThread());
    }

    @Test
    void oneWorkerIsTheCaller() {
        try (Workers workers = new Workers(1)) {
            Thread caller = Thread.currentThread();
            workers.each(PARTS, part -> assertThat(Thread.currentThread()).isSameAs(caller));
        }
    }

    @Test
    void whatAPartThrowsIsThrownAndTheRestIsLeft() {
        AtomicInteger done = new AtomicInteger();
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.each(PARTS, part -> {
                        done.incrementAndGet();
                        throw new IllegalStateException("part " + part);
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("part ");
            assertThat(done.get()).isBetween(1, 2);
            workers.each(PARTS, part -> done.incrementAndGet());
            assertThat(done.get()).isBetween(101, 102);
        }
    }

    @Test
    void aCallDoesNotWaitForAHelperThatIsBusyElsewhere() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            Thread other = new Thread(() -> workers.each(PARTS.subList(0, 2), part -> {
                begun.countDown();
                await(end);
            }));
            other.start();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            AtomicInteger done = new AtomicInteger();
            workers.each(PARTS, part -> done.incrementAndGet());
            assertThat(done).hasValue(100);
            end.countDown();
            other.join();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
