package dev.polymath.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Row;
import dev.polymath.project.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A tag for every word of a text, such as entities in BIO tags or parts of speech: {@code softmax(W h_i + b)} at the first
 * piece {@code i} of each word, learned by cross-entropy.
 *
 * <p>Shapes: states {@code h [rows, tokens, width]}, {@code W [tags, width]}, output {@code [rows, tokens, tags]}.
 *
 * <p>A token of a CoNLL file may be several words, as {@code U.S.} is: its first word learns the token's tag and the
 * others its inside form, so that learning agrees with the tagging of plain texts. Tags that are all {@code O}, {@code
 * B-X} and {@code I-X} are read as BIO (IOB1 too): an {@code I-X} that goes on with nothing becomes {@code B-X}, and the
 * answer is the likeliest sequence of tags that BIO allows. Words that were cut off with the end of a long text get
 * {@code O}, or the commonest tag.
 *
 * <p>Settings: {@code token} and {@code label}, the columns of the tokens and the tags, from 0. Metrics: {@code f1},
 * {@code precision}, {@code recall} of whole spans for BIO; {@code accuracy} over tokens for others.
 *
 * <p>Source: J. Devlin et al., BERT, 2019, arXiv:1810.04805, section 5.3.
 */
public final class Tag implements TaskKind {
    @Override
    public String type() {
        return "tag";
    }

    @Override
    public String summary() {
        return "a tag for every word, such as entities in BIO tags or parts of speech";
    }

    @Override
    public Set<String> keys() {
        return Set.of("token", "label");
    }

    @Override
    public Set<String> required() {
        return Set.of("token", "label");
    }

    @Override
    public Example example(TaskSpec spec, Row row) {
        List<String> tokens = row.column(column(spec, "token"));
        List<String> tags = row.column(column(spec, "label"));
        int[] starts = new int[tokens.size()];
        int[] ends = new int[tokens.size()];
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < starts.length; i++) {
            if (i > 0) text.append(' ');
            starts[i] = text.length();
            ends[i] = text.append(tokens.get(i)).length();
        }
        List<String> repaired = TagScheme.of(tags).repaired(tags);
        return new Example(text.toString(), null, new Label.Tags(repaired, starts, ends), row.line());
    }

    private static int column(TaskSpec spec, String key) {
        double index = Regress.number(String.valueOf(spec.setting(key)));
        if (index >= 0 && index == Math.rint(index)) return (int) index;
        throw new InputException("task '" + spec.name() + "': " + key
                + " must be the number of a column, from 0; it is '" + spec.setting(key) + "'");
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Example example : train) {
            if (!(example.label() instanceof Label.Tags label)) continue;
            for (String tag : label.tags()) counts.merge(tag, 1, Integer::sum);
        }
        if (counts.size() < 2) throw Classify.tooFew(spec, counts.keySet());
        TagScheme scheme = TagScheme.of(counts.keySet());
        String commonest = counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        return new Tagger(
                spec.name(),
                new LabelSet(scheme.closed(counts.keySet())),
                scheme == TagScheme.BIO ? TagScheme.OUTSIDE : commonest);
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        return new Tagger(name, LabelSet.restored(state), state.get("otherwise").asText());
    }

    @Override
    public List<String> problems(Task task, Example example) {
        List<String> problems = new ArrayList<>();
        if (example.label() instanceof Label.Tags label) {
            for (String tag : new TreeSet<>(label.tags()))
                problems.addAll(((Tagger) task).labelSet().problems(tag));
        }
        return problems;
    }
}
