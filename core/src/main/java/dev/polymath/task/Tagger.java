package dev.polymath.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.model.Hidden;
import dev.polymath.ops.Ops;
import dev.polymath.text.Encoding;
import dev.polymath.text.Words;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A task of the kind {@link Tag}. */
final class Tagger implements Task {
    private final String name;
    private final LabelSet labels;
    private final TagScheme scheme;
    private final Viterbi sequences;
    private final String otherwise;

    /** @param otherwise the tag of words that the network does not see */
    Tagger(String name, LabelSet labels, String otherwise) {
        this.name = name;
        this.labels = labels;
        this.otherwise = otherwise;
        scheme = TagScheme.of(labels.names());
        sequences = new Viterbi(scheme, labels.names());
    }

    LabelSet labelSet() {
        return labels;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return "tag";
    }

    @Override
    public boolean pairs() {
        return false;
    }

    @Override
    public List<String> labels() {
        return labels.names();
    }

    @Override
    public Weights initial(int width, SplittableRandom random) {
        return LinearHead.initial(name, labels.size(), width, new float[labels.size()], random);
    }

    @Override
    public <T> T head(Ops<T> ops, Hidden<T> hidden) {
        return LinearHead.apply(ops, name, hidden.last());
    }

    @Override
    public Target target(List<Example> examples, List<Encoding> encodings, int tokens) {
        long[] values = new long[examples.size() * tokens];
        float[] weights = new float[values.length];
        for (int row = 0; row < examples.size(); row++) {
            if (!(examples.get(row).label() instanceof Label.Tags label)) continue;
            Words words = Words.of(examples.get(row).text());
            int[] first = Words.firstTokens(encodings.get(row), words.starts(), words.ends(), 0);
            int[] indices = wordLabels(words, label);
            for (int word = 0; word < first.length; word++) {
                int at = row * tokens + first[word];
                if (first[word] < 0 || first[word] >= tokens || indices[word] < 0 || weights[at] > 0) continue;
                values[at] = indices[word];
                weights[at] = 1;
            }
        }
        return new Target(Array.of(values, examples.size(), tokens), Array.of(weights, examples.size(), tokens));
    }

    /** The index of each word's tag: its token's, or the inside form where the token began before; -1 for none. */
    private int[] wordLabels(Words words, Label.Tags label) {
        int[] indices = new int[words.count()];
        for (int token = 0, word = 0; word < indices.length; word++) {
            while (token < label.tags().size() && label.ends()[token] <= words.starts()[word]) token++;
            boolean covered = token < label.tags().size() && label.starts()[token] < words.ends()[word];
            if (!covered) {
                indices[word] = -1;
                continue;
            }
            String tag = label.tags().get(token);
            boolean first = word == 0 || words.starts()[word - 1] < label.starts()[token];
            indices[word] = labels.index(first ? tag : scheme.inside(tag));
        }
        return indices;
    }

    @Override
    public <T> T loss(Ops<T> ops, T output, T values, T weights) {
        return Losses.sequenceCrossEntropy(ops, output, values, weights);
    }

    /** Of one word: a row of many still counts more, by the root of its words. */
    @Override
    public double chance() {
        return Losses.ofGuessing(labels.size());
    }

    @Override
    public Answer decode(float[] output, Encoding encoding, Example example) {
        Words words = example.label() instanceof Label.Tags given
                ? new Words(given.starts(), given.ends())
                : Words.of(example.text());
        int[] first = Words.firstTokens(encoding, words.starts(), words.ends(), 0);
        int[] seen = IntStream.range(0, first.length)
                .filter(word -> first[word] >= 0 && (first[word] + 1) * labels.size() <= output.length)
                .toArray();
        double[][] logs = new double[seen.length][];
        for (int i = 0; i < seen.length; i++) {
            logs[i] = Probability.logSoftmax(output, first[seen[i]] * labels.size(), labels.size());
        }
        int[] best = sequences.best(logs);
        List<String> tags = new ArrayList<>(Collections.nCopies(words.count(), otherwise));
        double[] scores = new double[words.count()];
        for (int i = 0; i < seen.length; i++) {
            tags.set(seen[i], labels.names().get(best[i]));
            scores[seen[i]] = Math.exp(logs[i][best[i]]);
        }
        // A word that was not seen, inside of a span, parts it: what follows begins anew.
        List<String> legal = scheme.repaired(tags);
        return new Answer.Spans(
                spans(example.text(), words, legal, scores), example.label() instanceof Label.Tags ? legal : List.of());
    }

    private List<Answer.Span> spans(String text, Words words, List<String> tags, double[] scores) {
        List<Answer.Span> spans = new ArrayList<>();
        for (int from = 0; from < tags.size(); ) {
            String tag = tags.get(from);
            int to = from + 1;
            double sum = scores[from];
            while (scheme == TagScheme.BIO && to < tags.size() && TagScheme.continues(tags.get(to)))
                sum += scores[to++];
            boolean given = scheme == TagScheme.PLAIN ? scores[from] > 0 : !tag.equals(TagScheme.OUTSIDE);
            if (given) {
                int start = words.starts()[from];
                int end = words.ends()[to - 1];
                String label = scheme == TagScheme.BIO ? TagScheme.type(tag) : tag;
                spans.add(new Answer.Span(start, end, text.substring(start, end), label, sum / (to - from)));
            }
            from = to;
        }
        return spans;
    }

    @Override
    public Map<String, Double> metrics(List<Example> examples, List<Answer> answers) {
        List<List<String>> gold = new ArrayList<>();
        List<List<String>> predicted = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            if (!(examples.get(i).label() instanceof Label.Tags label)) continue;
            gold.add(label.tags());
            predicted.add(((Answer.Spans) answers.get(i)).tags());
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (scheme == TagScheme.BIO) {
            ConllEval counts = ConllEval.of(gold, predicted);
            metrics.put("f1", counts.f1());
            metrics.put("precision", counts.precision());
            metrics.put("recall", counts.recall());
        } else {
            metrics.put("accuracy", Agreement.accuracy(joined(gold), joined(predicted)));
        }
        return metrics;
    }

    private static List<String> joined(List<List<String>> sentences) {
        return sentences.stream().flatMap(List::stream).toList();
    }

    @Override
    public ObjectNode state() {
        ObjectNode state = JsonNodeFactory.instance.objectNode();
        state.put("otherwise", otherwise);
        labels.keep(state);
        return state;
    }
}
