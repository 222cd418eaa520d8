package dev.polymath.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TaskSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How likely a passage is to answer any query at all, whatever is asked: learned from a BEIR folder, in which a passage that
 * answers a query of {@code qrels/train.tsv} is a 1 and as many others, drawn at random, are a 0. An index leaves out passages by
 * it before they are written. {@link QualityTask} is what is learned.
 *
 * <p>Settings: {@code data} (the folder), {@code passage_prompt} (put before passages), {@code pooling}, and {@code prune} with
 * the knobs {@code keep} (0.75, the share of the passages that an index keeps) and {@code passages} (20,000, the most that it
 * learns from). Usually {@code prune} is a key of a task of type {@link Retrieve}, which brings a task {@code NAME-quality} of
 * this type with it. Metrics: {@code auc}, how often a passage that answers is put above one that does not; {@code
 * answers_kept}, the share of those that answer among those that an index keeps. Of dev and test, what answers a query of
 * {@code train} does not count.
 *
 * <p>Source: X. Chang, D. Mishra, C. Macdonald and S. MacAvaney, Neural Passage Quality Estimation for Static Pruning, SIGIR 2024,
 * arXiv:2407.12170.
 */
public final class Quality implements CollectionKind {
    static final String TYPE = "quality";
    static final String PRUNE = "prune";
    private static final String PROMPT = "passage_prompt";

    /** The knobs of {@code prune}. */
    public static final Catalogue<Knobs> CATALOGUE = new Catalogue<>(
            PRUNE,
            Part.of(
                    PRUNE,
                    "leaves passages out of an index that hardly answer anything, by a task NAME-quality",
                    "Chang et al. 2024, arXiv:2407.12170",
                    knobs -> knobs,
                    Knob.number("keep", 0.75, 0.01, 1, "the share of the passages that an index keeps"),
                    Knob.whole("passages", 20_000, 2, 10_000_000, "the most passages that it learns from")));

    /** The task that another one of the same folder brings with it: {@code NAME-quality}. */
    static TaskSpec broughtBy(TaskSpec of) {
        Map<String, Object> settings = new HashMap<>();
        for (String key : List.of("data", PRUNE, PROMPT, Poolings.KEY)) {
            if (of.settings().containsKey(key)) settings.put(key, of.settings().get(key));
        }
        return new TaskSpec(name(of.name()), TYPE, of.train(), of.dev(), of.test(), settings, of.line());
    }

    /** Of the task that a task that gives vectors brings with it. */
    public static String name(String vectors) {
        return vectors + "-" + TYPE;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String summary() {
        return "how likely a passage is to answer any query, learned from a BEIR folder";
    }

    @Override
    public Set<String> keys() {
        return Set.of("data", PROMPT);
    }

    @Override
    public Set<String> parts() {
        return Set.of(Poolings.KEY);
    }

    @Override
    public Set<String> files() {
        return Set.of();
    }

    @Override
    public Set<String> sections() {
        return Set.of(PRUNE);
    }

    @Override
    public List<Example> examples(TaskSpec spec, Path judgements, boolean learns) {
        Path train = judgements.resolveSibling("train.tsv");
        Set<String> known = learns || !Files.exists(train) ? Set.of() : new JudgedRows(train).relevant();
        return new JudgedRows(judgements).passages(known, knobs(spec).whole("passages"));
    }

    private static Knobs knobs(TaskSpec spec) {
        PartSpec given = spec.settings().get(PRUNE) instanceof PartSpec part ? part : new PartSpec(PRUNE, Map.of());
        return CATALOGUE.make(given);
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        if (train.stream().allMatch(row -> ((Label.Answering) row.label()).answers())) {
            throw new InputException("task '" + spec.name()
                    + "': every passage of the collection answers some query, so that there are none to leave out");
        }
        String prompt = spec.setting(PROMPT) == null ? "" : spec.setting(PROMPT);
        return new QualityTask(
                spec.name(), Poolings.of(spec), prompt, knobs(spec).number("keep"), List.of());
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        List<Double> scores = new ArrayList<>();
        for (JsonNode score : (ArrayNode) state.get("percentiles")) scores.add(score.asDouble());
        return new QualityTask(
                name,
                Poolings.restored(state),
                state.path("prompt").asText(""),
                state.get("keep").asDouble(),
                scores);
    }
}
