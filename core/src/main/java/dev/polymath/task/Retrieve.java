package dev.polymath.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.embedding.EmbeddingLoss;
import dev.polymath.embedding.EmbeddingLosses;
import dev.polymath.embedding.Matryoshka;
import dev.polymath.model.Backbone;
import dev.polymath.project.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Vectors of queries and passages, so that the passages which answer a query are the nearest to it (a bi-encoder), learned
 * from a BEIR folder: each query with a passage that answers it, against the passages of the other rows of the batch.
 *
 * <p>Settings: {@code data} (the folder; it learns from {@code qrels/train.tsv}, chooses by {@code dev} and reports {@code
 * test}), {@code wrong} (a file that {@code polymath mine} wrote: passages that do not answer a query though they look so),
 * {@code wrong_rows} (how many of them a row has; 1 where there is such a file), and {@code loss} ({@code contrastive}), {@code
 * pooling}, {@code query_prompt}, {@code passage_prompt}, {@code batch_rows} as {@link Embed} has them; {@code
 * prune}, which adds a task of type {@link Quality} on the same folder. Metrics: {@code
 * ndcg_10}, {@code mrr_10}, {@code map}, {@code recall_100} over the whole collection; between epochs over at most {@value
 * JudgedRows#SOME} passages, those that answer among them.
 *
 * <p>Source: V. Karpukhin et al., Dense Passage Retrieval, 2020, arXiv:2004.04906.
 */
public final class Retrieve implements CollectionKind {
    @Override
    public String type() {
        return "retrieve";
    }

    @Override
    public String summary() {
        return "vectors of queries and passages, learned from a BEIR folder";
    }

    @Override
    public Set<String> keys() {
        return Set.of("data", "wrong", "wrong_rows", "query_prompt", "passage_prompt", "batch_rows");
    }

    @Override
    public Set<String> parts() {
        return Set.of("loss", "pooling");
    }

    @Override
    public Set<String> sections() {
        return Set.of(Matryoshka.KEY, Quality.PRUNE);
    }

    @Override
    public List<TaskSpec> beside(TaskSpec spec) {
        return spec.settings().containsKey(Quality.PRUNE) ? List.of(Quality.broughtBy(spec)) : List.of();
    }

    @Override
    public List<Example> examples(TaskSpec spec, Path judgements, boolean learns) {
        JudgedRows all = new JudgedRows(judgements);
        if (!learns) return all.toMeasure(0);
        Path wrong = wrong(spec);
        return wrong == null ? all.toLearn(null, 0) : all.toLearn(all.mined(wrong), Rerank.wrongRows(spec, 1));
    }

    @Override
    public List<Example> measured(List<Example> rows) {
        return JudgedRows.measured(rows, 0);
    }

    @Override
    public Task create(TaskSpec spec, List<Example> train) {
        Embedder embedder = Embed.embedder(spec, false, "contrastive");
        EmbeddingLoss.Reads reads =
                EmbeddingLosses.CATALOGUE.make(embedder.loss()).reads();
        if (reads == EmbeddingLoss.Reads.SCORES) {
            throw new InputException("task '" + spec.name() + "': loss "
                    + embedder.loss().type() + " reads how alike two texts are, which judgements do not say; take"
                    + " contrastive");
        }
        boolean taught = train.stream()
                .anyMatch(row -> !((Label.Judged) row.label()).match().scores().isEmpty());
        if (reads == EmbeddingLoss.Reads.TEACHER && !taught) {
            throw new InputException("task '" + spec.name() + "': loss "
                    + embedder.loss().type()
                    + " reads a teacher's scores; give 'wrong', a file that 'polymath mine --teacher' wrote");
        }
        return embedder;
    }

    @Override
    public void check(TaskSpec spec, Backbone backbone) {
        Embed.requireFits(spec, backbone);
    }

    @Override
    public Task restore(String name, ObjectNode state) {
        return Embedder.restored(type(), name, state);
    }
}
