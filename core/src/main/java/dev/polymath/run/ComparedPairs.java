package dev.polymath.run;

import dev.polymath.data.Example;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pairs of questions whose texts are read each by itself: each text once for a task, however many pairs it is in. */
final class ComparedPairs {
    /** What a question's pair came to. */
    interface Sink {
        void accept(int question, Task task, float score, Encoding query, Encoding passage);
    }

    private record Read(Interacting task, String text) {}

    private record Pair(int question, String passage) {}

    private final Map<Read, Integer> rows = new LinkedHashMap<>();
    private final Map<Read, List<Pair>> byQuery = new LinkedHashMap<>();

    void add(int question, Input input, Interacting task) {
        Read query = new Read(task, input.text());
        rows.putIfAbsent(query, rows.size());
        rows.putIfAbsent(new Read(task, input.text2()), rows.size());
        byQuery.computeIfAbsent(query, each -> new ArrayList<>()).add(new Pair(question, input.text2()));
    }

    /** @param width the backbone's */
    void run(Passes passes, Engine engine, int width, Sink sink) {
        if (rows.isEmpty()) return;
        List<Example> texts = new ArrayList<>();
        List<List<Task>> asked = new ArrayList<>();
        for (Read each : rows.keySet()) {
            texts.add(new Example(each.text, null, null, 0));
            asked.add(List.of(each.task));
        }
        Map<Integer, float[]> outputs = new HashMap<>();
        Map<Integer, Encoding> encodings = new HashMap<>();
        passes.run(texts, asked, row -> false, (row, task, output, encoding) -> {
            outputs.put(row, output);
            encodings.put(row, encoding);
        });
        byQuery.forEach((query, pairs) -> {
            Interacting task = query.task;
            List<float[]> kept = pairs.stream()
                    .map(pair -> task.kept(outputs.get(rows.get(new Read(task, pair.passage))), width))
                    .toList();
            int row = rows.get(query);
            float[] scores = engine.scores(task, task.asked(outputs.get(row), width), kept);
            for (int i = 0; i < scores.length; i++) {
                Pair pair = pairs.get(i);
                Encoding passage = encodings.get(rows.get(new Read(task, pair.passage)));
                sink.accept(pair.question, task, scores[i], encodings.get(row), passage);
            }
        });
    }
}
