package dev.polymath.bench;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.run.Input;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Requests of {@code /v1/predict} as they are drawn: of all sizes, of any tasks that apply, in several scripts, with emoji, lone
 * surrogates, and texts of 100,000 characters.
 */
final class RequestMix {
    /** What is drawn, in words, for who reads a result. */
    static final String WORDS =
            "a fifth on pairs; 90 % of 1 text, 0.1 % of 64, else 2 to 4; of the texts 96.5 % of up to 6 words,"
                    + " 3 % of up to 40, 0.4 % of up to 400, 0.1 % of 100,000 characters; a tenth with raw outputs, 3 % in windows";

    private static final List<String> VOCABULARY = List.of(
            "refund",
            "where",
            "is",
            "my",
            "parcel",
            "late",
            "?",
            "Paris",
            "12,50 €",
            "café",
            "straße",
            "doctor",
            "naïve",
            "посылка",
            "где",
            "возврат",
            "中文",
            "包裹在哪里",
            "返品",
            "どこ",
            "환불",
            "أين",
            "طردي",
            "החזר",
            "पार्सल",
            "ที่ไหน",
            "📦",
            "😀😀",
            "👩‍👩‍👧",
            "🇫🇷",
            "e\u0301",
            "\u200b",
            "\ud83d",
            "\ude00x",
            "\u0000",
            "\t",
            "\\\"",
            "<b>",
            "\ufffd");

    private static final int LONG = 100_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper ESCAPING =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /**
     * One of them.
     *
     * @param tasks names; none for all that apply
     */
    record Drawn(List<Input> inputs, List<String> tasks, boolean raw) {
        String json() throws IOException {
            ObjectNode body = JSON.createObjectNode();
            for (Input input : inputs) {
                ObjectNode one = body.withArray("inputs").addObject().put("text", input.text());
                if (input.text2() != null) one.put("text2", input.text2());
            }
            tasks.forEach(each -> body.withArray("tasks").add(each));
            if (raw) body.put("raw", true);
            if (inputs.get(0).whole()) body.put("windows", true);
            String plain = JSON.writeValueAsString(body);
            // A lone surrogate has no bytes in UTF-8.
            return StandardCharsets.UTF_8.newEncoder().canEncode(plain) ? plain : ESCAPING.writeValueAsString(body);
        }
    }

    private final Random random;
    private final List<Task> tasks;
    private boolean longInWindows;

    RequestMix(long seed, List<Task> tasks) {
        this.random = new Random(seed);
        this.tasks = List.copyOf(tasks);
    }

    Drawn next() {
        boolean pair = random.nextInt(5) == 0;
        int size = random.nextInt(1000);
        int count = size < 900 ? 1 : size == 900 ? 64 : 2 + random.nextInt(3);
        List<String> asked = new ArrayList<>(tasks.stream()
                .filter(task -> pair || !task.pairs())
                .map(Task::name)
                .toList());
        Collections.shuffle(asked, random);
        asked = random.nextInt(10) == 0 ? List.of() : asked.subList(0, 1 + random.nextInt(asked.size()));
        boolean windows = !pair && random.nextInt(33) == 0;
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Input input = new Input(text(windows), pair ? text(false) : null);
            inputs.add(windows ? input.inWindows() : input);
        }
        return new Drawn(inputs, asked, random.nextInt(10) == 0);
    }

    /** Of the long ones one alone is read in windows, for that is a hundred passes. */
    private String text(boolean windows) {
        int kind = random.nextInt(1000);
        if (kind == 0 && !(windows && longInWindows)) {
            longInWindows |= windows;
            StringBuilder text = new StringBuilder(LONG);
            while (text.length() < LONG) text.append(words(50));
            return text.substring(0, LONG);
        }
        if (kind < 5) return words(40 + random.nextInt(361));
        if (kind < 35) return words(7 + random.nextInt(34));
        return words(random.nextInt(7));
    }

    private String words(int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append(VOCABULARY.get(random.nextInt(VOCABULARY.size()))).append(' ');
        }
        return words.toString();
    }
}
