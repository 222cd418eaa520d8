package dev.polymath.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Row;
import dev.polymath.embedding.EmbeddingLoss;
import dev.polymath.embedding.EmbeddingLosses;
import dev.polymath.embedding.Matryoshka;
import dev.polymath.model.Backbone;
import dev.polymath.pooling.Pooling;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TaskSpec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Vectors of texts, learned from pairs: with a number that says how alike they are, or without, where the two belong
 * together and the other rows' texts do not.
 *
 * <p>Settings: {@code text}, {@code text2}, {@code label} (a number; may be left out), {@code wrong} (fields with texts that do
 * not belong to {@code text}; in JSONL also a list), {@code loss} ({@code cosine} with numbers, {@code contrastive} without),
 * {@code pooling}, {@code query_prompt} and {@code passage_prompt} (put before the first and the other texts), {@code
 * batch_rows} (64; as many rows learn together). Metrics: {@code spearman}, {@code pearson} of the cosine where there are
 * numbers; else {@code mrr_10}, each second text among those of all rows.
 *
 * <p>Source: N. Reimers and I. Gurevych, Sentence-BERT, 2019, arXiv:1908.10084.
 */
public final class Embed implements TaskKind {
    /** Its name in the project file. */
    public static final String TYPE = "embed";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String summary() {
        return "a vector for a text, learned from pairs of texts that are alike";
    }

    @Override
    public Set<String> keys() {
        return Set.of("text", "text2", "label", "wrong", "query_prompt", "passage_prompt", "batch_rows");
    }

    @Override
    public Set<String> parts() {
        return Set.of("loss", "pooling");
    }

    @Override
    public Set<String> sections() {
        return Set.of(Matryoshka.KEY);
    }

    @Override
    public Set<String> required() {
        return Set.of("text", "text2");
    }

    @Override
    public Example example(TaskSpec spec, Row row) {
        Label label = spec.setting("label") == null ? match(spec, row) : Regress.label(spec, row);
        return TextRow.example(spec, row, label);
    }

    private static Label match(TaskSpec spec, Row row) {
        String second = TextRow.text(spec, row, "text2");
        return new Label.Match(Set.of(second), TextRow.texts(spec, row, "wrong"), List.of());
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        boolean scored = spec.setting("label") != null;
        Embedder embedder = embedder(spec, scored, scored ? "cosine" : "contrastive");
        EmbeddingLoss.Reads reads =
                EmbeddingLosses.CATALOGUE.make(embedder.loss()).reads();
        boolean numbers = reads == EmbeddingLoss.Reads.SCORES;
        if (numbers != scored || reads == EmbeddingLoss.Reads.TEACHER) {
            String lacks = numbers
                    ? "reads how alike two texts are; give 'label', or take contrastive"
                    : reads == EmbeddingLoss.Reads.TEACHER
                            ? "reads a teacher's scores, which tasks of type retrieve have"
                            : "does not read the numbers in '" + spec.setting("label") + "'; take cosine";
            throw new InputException(
                    "task '" + spec.name() + "': loss " + embedder.loss().type() + " " + lacks);
        }
        return embedder;
    }

    /** @throws InputException if a setting is none of those that there are */
    static Embedder embedder(TaskSpec spec, boolean scored, String standardLoss) {
        Map<Embedder.Side, String> prompts = new EnumMap<>(Embedder.Side.class);
        for (Embedder.Side side : Embedder.Side.values()) {
            String prompt = spec.setting(Embedder.key(side) + "_prompt");
            if (prompt != null) prompts.put(side, prompt);
        }
        return new Embedder(
                spec.name(),
                spec.type(),
                Poolings.of(spec),
                EmbeddingLosses.CATALOGUE.complete(spec.part("loss", standardLoss)),
                batchRows(spec),
                prompts,
                scored,
                matryoshka(spec));
    }

    private static PartSpec matryoshka(TaskSpec spec) {
        if (!(spec.settings().get(Matryoshka.KEY) instanceof PartSpec part)) return null;
        Matryoshka.CATALOGUE.make(part);
        return part;
    }

    @Override
    public void check(TaskSpec spec, Backbone backbone) {
        requireFits(spec, backbone);
    }

    static void requireFits(TaskSpec spec, Backbone backbone) {
        Pooling pooling = Poolings.of(spec);
        pooling.check(backbone);
        PartSpec matryoshka = matryoshka(spec);
        if (matryoshka != null) Matryoshka.CATALOGUE.make(matryoshka).check(backbone, pooling);
    }

    private static int batchRows(TaskSpec spec) {
        String given = spec.setting("batch_rows");
        if (given == null) return Embedder.BATCH_ROWS;
        if (given.matches("[0-9]{1,6}") && Integer.parseInt(given) >= 2) return Integer.parseInt(given);
        throw new InputException(
                "task '" + spec.name() + "': batch_rows is " + given + "; it must be a whole number from 2 to 999999");
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        return Embedder.restored(TYPE, name, state);
    }

    @Override
    public List<String> problems(Task task, Example example) {
        return List.of();
    }
}
