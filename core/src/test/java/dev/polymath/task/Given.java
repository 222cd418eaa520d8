package dev.polymath.task;

import dev.polymath.data.Example;
import dev.polymath.data.Row;
import dev.polymath.model.Hidden;
import dev.polymath.ops.OnnxEval;
import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.project.TaskSpec;
import dev.polymath.text.Encoding;
import dev.polymath.text.Words;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What tests of task kinds begin with: specs, rows, examples, and heads and losses computed by ONNX Runtime. */
final class Given {
    private Given() {}

    /** A row at line 7 of a file, in memory. */
    record GivenRow(Map<String, Object> fields, List<List<String>> columns) implements Row {
        @Override
        public Path file() {
            return Path.of("data.csv");
        }

        @Override
        public long line() {
            return 7;
        }

        @Override
        public String field(String name) {
            return (String) fields.get(name);
        }

        @Override
        @SuppressWarnings("unchecked")
        public List<String> values(String name) {
            return fields.get(name) instanceof List<?> list ? (List<String>) list : null;
        }

        @Override
        public List<String> column(int index) {
            return columns.get(index);
        }

        @Override
        public long tokenLine(int token) {
            return 7 + token;
        }
    }

    /** The task {@code t} of a kind, with settings {@code key, value, key, value, ...}. */
    static TaskSpec spec(String type, Object... settings) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) map.put((String) settings[i], settings[i + 1]);
        return new TaskSpec("t", type, Path.of("train.csv"), null, null, map, 1);
    }

    static TaskSpec textSpec(String type, Object... settings) {
        Object[] all = Arrays.copyOf(new Object[] {"text", "text", "label", "label"}, 4 + settings.length);
        System.arraycopy(settings, 0, all, 4, settings.length);
        return spec(type, all);
    }

    static Row row(Object label) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("text", "some text");
        fields.put("label", label);
        return new GivenRow(fields, List.of());
    }

    /** A CoNLL sentence of tokens and tags. */
    static Row sentence(String tokens, String tags) {
        return new GivenRow(Map.of(), List.of(List.of(tokens.split(" ")), List.of(tags.split(" "))));
    }

    static List<Example> examples(TaskSpec spec, Object... labels) {
        List<Example> examples = new ArrayList<>();
        for (Object label : labels) examples.add(TaskKinds.named(spec.type()).example(spec, row(label)));
        return examples;
    }

    static Task task(TaskSpec spec, Object... labels) {
        return TaskKinds.named(spec.type()).create(spec, examples(spec, labels));
    }

    static Task restored(Task task) {
        return TaskKinds.named(task.type()).restore(task.name(), task.state());
    }

    /** As many encodings, of a word each. */
    static List<Encoding> encodings(int count) {
        List<Encoding> encodings = new ArrayList<>();
        for (int i = 0; i < count; i++) encodings.add(words("word"));
        return encodings;
    }

    /** An encoding with a token a word of the text, between two special ones. */
    static Encoding words(String text) {
        Words words = Words.of(text);
        int[] starts = new int[words.count() + 2];
        int[] ends = new int[words.count() + 2];
        Arrays.fill(starts, -1);
        Arrays.fill(ends, -1);
        System.arraycopy(words.starts(), 0, starts, 1, words.count());
        System.arraycopy(words.ends(), 0, ends, 1, words.count());
        return new Encoding(new int[starts.length], new int[starts.length], starts, ends, false);
    }

    static Array head(Task task, Weights weights, Array states, Array mask) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> inputs) {
                return task.head(ops, new Hidden<>(List.of(inputs.get(0)), inputs.get(1)));
            }
        };
        return OnnxEval.eval(program, weights, List.of(states, mask));
    }

    static double loss(Task task, Array output, Array values, Array weights) {
        Program program = new Program() {
            @Override
            public <T> T apply(Ops<T> ops, List<T> inputs) {
                return task.loss(ops, inputs.get(0), inputs.get(1), inputs.get(2));
            }
        };
        return OnnxEval.eval(program, Weights.empty(), List.of(output, values, weights))
                .floats()[0];
    }

    static double loss(Task task, Array output, Target target) {
        return loss(task, output, target.values(), target.weights());
    }
}
