package dev.polymath.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** Load on a server from this process: a text a request, by as many connections as there are, or at even times. */
final class HttpLoad {
    static final int CONNECTIONS = 64;
    /** Requests under way at most in the open loop: as many as a crowd of clients might have. */
    private static final int MOST_UNDER_WAY = 4096;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<HttpRequest> requests = new ArrayList<>();

    /**
     * @param url what is asked, with {@code {"inputs":[text]}}
     * @param texts one after the other, again and again
     */
    HttpLoad(String url, List<String> texts) throws IOException {
        for (String text : texts) requests.add(request(url, text));
    }

    /**
     * The texts of columns {@code a} and {@code b} of a CSV file, mixed: such files have their short texts together and their long
     * ones, and a second of long ones alone would be another load than the rate says.
     */
    static List<String> texts(Path pairs) throws IOException {
        List<String> texts = new ArrayList<>();
        for (CSVRecord row : CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(Files.readString(pairs)))) {
            texts.add(row.get("a"));
            texts.add(row.get("b"));
        }
        Collections.shuffle(texts, new Random(13));
        return texts;
    }

    private static HttpRequest request(String url, String text) throws IOException {
        String body = new ObjectMapper().writeValueAsString(Map.of("inputs", List.of(text)));
        return HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Does something again and again for a time, in as many threads as there are connections. */
    static void during(Duration time, Runnable again) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            threads.add(new Thread(() -> {
                while (System.nanoTime() < end) again.run();
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
    }

    /** Each connection asks again as soon as it is answered. */
    LoadAnswers closed(Duration time) throws InterruptedException {
        LoadAnswers answers = new LoadAnswers();
        AtomicInteger next = new AtomicInteger();
        during(time, () -> {
            long start = System.nanoTime();
            HttpResponse<Void> response = null;
            try {
                HttpRequest request = requests.get(next.getAndIncrement() % requests.size());
                response = client.send(request, HttpResponse.BodyHandlers.discarding());
            } catch (IOException failed) {
                // Counted as no answer; who is refused asks again a little later.
                LockSupport.parkNanos(50_000_000);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            answers.add(response, start);
        });
        return answers;
    }

    /** Requests at even times, whether or not those before are answered; their time counts from when they were due. */
    LoadAnswers open(double rate, Duration time) throws InterruptedException {
        LoadAnswers answers = new LoadAnswers();
        Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
        long begin = System.nanoTime();
        long count = (long) (rate * time.toSeconds());
        for (long i = 0; i < count; i++) {
            long due = begin + (long) (i / rate * 1e9);
            while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
            if (System.nanoTime() - begin > time.toNanos()) break;
            underWay.acquire();
            client.sendAsync(requests.get((int) (i % requests.size())), HttpResponse.BodyHandlers.discarding())
                    .whenComplete((response, failure) -> {
                        answers.add(failure == null ? response : null, due);
                        underWay.release();
                    });
        }
        underWay.acquire(MOST_UNDER_WAY);
        return answers;
    }

    /** Seconds until a request is answered. */
    double recovery() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (client.send(requests.get(0), HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                != 200) {
            Thread.sleep(10);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
