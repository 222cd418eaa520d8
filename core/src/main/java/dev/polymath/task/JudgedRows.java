package dev.polymath.task;

import dev.polymath.InputException;
import dev.polymath.data.BeirFolder;
import dev.polymath.data.Bm25;
import dev.polymath.data.Choices;
import dev.polymath.data.Corpus;
import dev.polymath.data.DataFiles;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.data.Passage;
import dev.polymath.data.Query;
import dev.polymath.data.Row;
import dev.polymath.data.RowReader;
import dev.polymath.data.Scored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A split of a BEIR folder as rows: pairs of a query and a passage to learn from, or queries to measure by. */
final class JudgedRows {
    /** What a query is paired with beside the passages that answer it. */
    record Wrong(List<String> ids, Map<String, Double> scores) {
        static final Wrong NONE = new Wrong(List.of(), Map.of());
    }

    /** Between epochs queries are answered from so many passages, whatever the collection's size. */
    static final int SOME = 1000;

    private final Corpus corpus;
    private final Map<String, Query> queries = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> qrels;
    private final Set<String> relevant = new HashSet<>();
    private Bm25 bm25;

    /**
     * @param file {@code FOLDER/qrels/SPLIT.tsv}
     * @throws InputException with what is wrong in the folder
     */
    JudgedRows(Path file) {
        BeirFolder folder = BeirFolder.open(file.getParent().getParent());
        String split = file.getFileName().toString().replaceFirst("\\.tsv$", "");
        this.corpus = new Corpus(folder.corpus());
        Set<String> ids = new HashSet<>();
        for (Passage passage : corpus.passages()) ids.add(passage.id());
        for (Query query : folder.queries()) queries.put(query.id(), query);
        this.qrels = folder.qrels(split, queries.keySet(), ids);
        qrels.values()
                .forEach(grades -> grades.forEach((id, grade) -> {
                    if (grade > 0) relevant.add(id);
                }));
    }

    /**
     * A row for each query and passage that answers it.
     *
     * @param wrong of a query, by its id; null where they are the best of BM25 that do not answer it
     * @param count how many wrong passages a row has at most; rows of one query take turns
     */
    List<Example> toLearn(Map<String, Wrong> wrong, int count) {
        Corpus some = corpus.some(relevant, SOME);
        List<Example> rows = new ArrayList<>();
        qrels.forEach((id, grades) -> {
            Query query = queries.get(id);
            Set<String> matches = new LinkedHashSet<>();
            grades.forEach((passage, grade) -> {
                if (grade > 0) matches.add(corpus.text(passage));
            });
            int turn = 0;
            Wrong own = count == 0 ? Wrong.NONE : wrong == null ? best(query, grades, count) : wrong.get(id);
            if (own == null) own = Wrong.NONE;
            for (Map.Entry<String, Integer> grade : grades.entrySet()) {
                if (grade.getValue() <= 0) continue;
                Label.Match match = match(grade.getKey(), matches, own, count, turn++);
                Label label = new Label.Judged(id, grades, some, List.of(), match);
                rows.add(new Example(query.text(), corpus.text(grade.getKey()), label, query.line()));
            }
        });
        return rows;
    }

    private Label.Match match(String passage, Set<String> matches, Wrong wrong, int count, int turn) {
        List<String> texts = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        boolean scored = wrong.scores.containsKey(passage);
        if (scored) scores.add(wrong.scores.get(passage));
        int size = wrong.ids.size();
        for (int i = 0; i < Math.min(count, size); i++) {
            String id = wrong.ids.get((int) (((long) turn * count + i) % size));
            texts.add(corpus.text(id));
            if (scored) scores.add(wrong.scores.get(id));
        }
        return new Label.Match(matches, texts, scores);
    }

    /** The best of BM25 that are not known to answer: four times as many as a row has. */
    private Wrong best(Query query, Map<String, Integer> grades, int count) {
        List<String> ids = new ArrayList<>();
        for (Scored found : bm25().search(query.text(), 4 * count + grades.size())) {
            if (grades.getOrDefault(found.id(), 0) <= 0 && ids.size() < 4 * count) ids.add(found.id());
        }
        return new Wrong(ids, Map.of());
    }

    /**
     * A row for each query that is judged.
     *
     * @param candidates how many of BM25's best are to be put in order; 0 where all passages are
     */
    List<Example> toMeasure(int candidates) {
        List<Example> rows = new ArrayList<>();
        qrels.forEach((id, grades) -> {
            Query query = queries.get(id);
            List<String> best = candidates == 0
                    ? List.of()
                    : bm25().search(query.text(), candidates).stream()
                            .map(Scored::id)
                            .toList();
            rows.add(new Example(query.text(), null, new Label.Judged(id, grades, corpus, best, null), query.line()));
        });
        return rows;
    }

    /**
     * Rows to learn from as rows to measure by: each query once.
     *
     * @param candidates as in {@link #toMeasure}, out of the passages that the rows know
     */
    static List<Example> measured(List<Example> rows, int candidates) {
        Map<String, Example> byQuery = new LinkedHashMap<>();
        Bm25 bm25 = null;
        for (Example row : rows) {
            Label.Judged label = (Label.Judged) row.label();
            if (byQuery.containsKey(label.query())) continue;
            List<String> best = List.of();
            if (candidates > 0) {
                if (bm25 == null) bm25 = new Bm25(label.corpus().passages());
                best = bm25.search(row.text(), candidates).stream()
                        .map(Scored::id)
                        .toList();
            }
            Label measured = new Label.Judged(label.query(), label.grades(), label.corpus(), best, null);
            byQuery.put(label.query(), new Example(row.text(), null, measured, row.line()));
        }
        return List.copyOf(byQuery.values());
    }

    /**
     * Passages that answer a query of this split, and as many of those that answer none, drawn at random.
     *
     * @param known of passages that answer queries of another split: neither one nor the other
     * @param most how many passages at most
     */
    List<Example> passages(Set<String> known, int most) {
        List<Passage> answering = new ArrayList<>();
        List<Passage> others = new ArrayList<>();
        for (Passage each : corpus.passages()) {
            if (known.contains(each.id())) continue;
            (relevant.contains(each.id()) ? answering : others).add(each);
        }
        double answer = answering.size() + known.size();
        double rest = others.size();
        // Always the same, as the rows of a file are.
        Random random = new Random(corpus.passages().size());
        answering = drawn(answering, most / 2, random);
        others = drawn(others, answering.size(), random);
        List<Example> rows = new ArrayList<>();
        for (Passage each : answering) rows.add(row(each, true, answer / answering.size()));
        for (Passage each : others) rows.add(row(each, false, rest / others.size()));
        return rows;
    }

    /** Ids of the passages that answer some query of the split. */
    Set<String> relevant() {
        return relevant;
    }

    private static List<Passage> drawn(List<Passage> passages, int most, Random random) {
        List<Passage> shuffled = new ArrayList<>(passages);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, Math.min(most, shuffled.size()));
    }

    private static Example row(Passage passage, boolean answers, double times) {
        return new Example(passage.whole(), null, new Label.Answering(answers, times), passage.line());
    }

    private Bm25 bm25() {
        if (bm25 == null) bm25 = new Bm25(corpus.passages());
        return bm25;
    }

    /**
     * What {@code polymath mine} wrote: {@code {"query": id, "passages": [ids], "scores": [numbers]}} a line; passages that
     * answer the query may be among them with their scores.
     *
     * @throws InputException if a row cannot be read, or names a query or passage that is not there
     */
    Map<String, Wrong> mined(Path file) {
        Map<String, Wrong> mined = new HashMap<>();
        try (RowReader rows = DataFiles.rows(file)) {
            while (rows.hasNext()) {
                Row row = rows.next();
                String query = known(row, "query", row.field("query"), queries.keySet());
                List<String> ids = new ArrayList<>();
                Map<String, Double> scores = new HashMap<>();
                List<String> passages = row.values("passages");
                List<String> numbers = row.values("scores");
                if (passages == null) throw wrong(row, "'passages' must be a list of ids");
                if (numbers != null && numbers.size() != passages.size()) {
                    throw wrong(row, numbers.size() + " scores for " + passages.size() + " passages");
                }
                for (int i = 0; i < passages.size(); i++) {
                    String id = passages.get(i);
                    if (!corpus.has(id)) throw wrong(row, "there is no passage '" + id + "'");
                    if (numbers != null) scores.put(id, number(row, numbers.get(i)));
                    if (qrels.getOrDefault(query, Map.of()).getOrDefault(id, 0) <= 0) ids.add(id);
                }
                mined.put(query, new Wrong(ids, scores));
            }
        }
        return mined;
    }

    private static double number(Row row, String text) {
        double number = Regress.number(text);
        if (Double.isNaN(number)) throw wrong(row, "'" + text + "' in 'scores' is not a number");
        return number;
    }

    private static String known(Row row, String field, String id, Set<String> ids) {
        if (id != null && ids.contains(id)) return id;
        throw wrong(row, "there is no " + field + " '" + id + "'" + Choices.instead(String.valueOf(id), ids));
    }

    private static InputException wrong(Row row, String what) {
        return InputException.at(row.file(), row.line(), what);
    }
}
