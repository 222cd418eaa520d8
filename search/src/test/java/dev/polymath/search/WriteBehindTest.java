package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
    @Test
    void batchesAreWrittenInTheirOrderWhileTheOwnerGoesOn() throws IOException {
        List<Integer> written = new ArrayList<>();
        CountDownLatch ownerWentOn = new CountDownLatch(1);
        try (WriteBehind behind = new WriteBehind()) {
            behind.write(() -> {
                await(ownerWentOn);
                written.add(1);
            });
            ownerWentOn.countDown();
            behind.write(() -> written.add(2));
            behind.settle();
            assertThat(written).containsExactly(1, 2);
        }
    }

    @Test
    void whatGoesWrongIsThrownOnceAndNothingIsWrittenInstead() throws IOException {
        List<Integer> written = new ArrayList<>();
        try (WriteBehind behind = new WriteBehind()) {
            behind.write(() -> {
                throw new IOException("the disk is full");
            });
            assertThatThrownBy(() -> behind.write(() -> written.add(2)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the disk is full");
            behind.settle();
            assertThat(written).isEmpty();
        }
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws IOException {
        List<Integer> written = new ArrayList<>();
        CountDownLatch later = new CountDownLatch(1);
        try (WriteBehind behind = new WriteBehind()) {
            behind.write(() -> {
                await(later);
                written.add(1);
            });
            CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(later::countDown);
        }
        assertThat(written).containsExactly(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
