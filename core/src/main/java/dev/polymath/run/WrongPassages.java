package dev.polymath.run;

import dev.polymath.data.BeirFolder;
import dev.polymath.data.Bm25;
import dev.polymath.data.Corpus;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import dev.polymath.data.Retriever;
import dev.polymath.data.Scored;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds passages that do not answer a query though they look so, for {@code retrieve} and {@code rerank} to learn from: the
 * best by words and by vectors that nobody judged relevant. A re-ranker may score them, so that those which it takes for
 * answers that nobody noted are left out, and so that a bi-encoder may learn its margins.
 *
 * <p>Source: L. Xiong et al., Approximate Nearest Neighbor Negative Contrastive Learning, 2020, arXiv:2007.00808; the filter:
 * Y. Qu et al., RocketQA, 2020, arXiv:2010.08191.
 */
public final class WrongPassages {
    /**
     * How to look.
     *
     * @param words whether BM25 looks for them
     * @param vectors a task that does, or null
     * @param top of each search, from which those that answer are taken
     * @param skip the first so many of each search are passed over: often answers that nobody noted
     * @param teacher a task of type {@code rerank} that scores them, or null
     * @param margin passages that the teacher puts above the worst answer less this are left out; infinite for none
     */
    public record Settings(boolean words, Task vectors, int top, int skip, Task teacher, double margin) {}

    /**
     * What was found for a query.
     *
     * @param passages ids; with a teacher those that answer are among them, since their scores are needed
     * @param scores the teacher's, one a passage; empty without one
     */
    public record Found(String query, List<String> passages, List<Double> scores) {}

    private final Polymath model;
    private final Settings settings;
    private final Corpus corpus;
    private final List<Query> queries;
    private final Map<String, Map<String, Integer>> qrels;

    /** @throws dev.polymath.InputException with what is wrong in the folder, or if it has no such split */
    public WrongPassages(Polymath model, BeirFolder folder, String split, Settings settings) {
        this.model = model;
        this.settings = settings;
        this.corpus = new Corpus(folder.corpus());
        this.qrels = folder.qrels(split);
        this.queries = folder.queries().stream()
                .filter(query -> qrels.containsKey(query.id()))
                .toList();
    }

    /** Hears how the search goes on. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Now and then.
         *
         * @param what is under way: {@code passages} are embedded, or wrong ones of {@code queries} chosen and scored
         * @param done how many of them
         * @param of how many there are
         */
        void at(String what, int done, int of);
    }

    /** Looks for all queries of the split, in their order. */
    public List<Found> find(Progress progress) {
        List<Passage> passages = corpus.passages();
        List<Retriever> searches = new ArrayList<>();
        if (settings.words) searches.add(byWords(passages));
        if (settings.vectors != null) {
            searches.add(DenseSearch.of(
                    model, settings.vectors, passages, done -> progress.at("passages", done, passages.size())));
        }
        List<Map<String, List<Scored>>> runs = searches.stream()
                .map(search -> search.search(queries, settings.top + settings.skip))
                .toList();
        List<Found> found = new ArrayList<>();
        for (Query query : queries) {
            Map<String, Integer> grades = qrels.get(query.id());
            Set<String> wrong = new LinkedHashSet<>();
            for (Map<String, List<Scored>> run : runs) {
                run.getOrDefault(query.id(), List.of()).stream()
                        .skip(settings.skip)
                        .map(Scored::id)
                        .filter(id -> grades.getOrDefault(id, 0) <= 0)
                        .forEach(wrong::add);
            }
            found.add(
                    settings.teacher == null
                            ? new Found(query.id(), List.copyOf(wrong), List.of())
                            : taught(query, grades, wrong));
            progress.at("queries", found.size(), queries.size());
        }
        return found;
    }

    private static Retriever byWords(List<Passage> passages) {
        Bm25 bm25 = new Bm25(passages);
        return (queries, top) -> {
            Map<String, List<Scored>> run = new LinkedHashMap<>();
            for (Query query : queries) run.put(query.id(), bm25.search(query.text(), top));
            return run;
        };
    }

    private Found taught(Query query, Map<String, Integer> grades, Collection<String> wrong) {
        List<String> answers =
                grades.keySet().stream().filter(id -> grades.get(id) > 0).toList();
        List<String> all = new ArrayList<>(answers);
        all.addAll(wrong);
        List<Input> inputs =
                all.stream().map(id -> new Input(query.text(), corpus.text(id))).toList();
        List<Double> scores = model.predict(inputs, List.of(settings.teacher.name())).stream()
                .map(prediction -> ((Answer.Value) prediction.answers().get(settings.teacher.name())).value())
                .toList();
        double least = scores.subList(0, answers.size()).stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        List<String> kept = new ArrayList<>(answers);
        List<Double> keptScores = new ArrayList<>(scores.subList(0, answers.size()));
        for (int i = answers.size(); i < all.size(); i++) {
            if (scores.get(i) > least - settings.margin && Double.isFinite(settings.margin)) continue;
            kept.add(all.get(i));
            keptScores.add(scores.get(i));
        }
        return new Found(query.id(), kept, keptScores);
    }
}
