package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.data.Scored;
import dev.polymath.run.Polymath;
import dev.polymath.task.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * An index to search in.
 *
 * <pre>{@code
 * try (SearchIndex index = SearchIndex.open(Path.of("index"))) {
 *     for (Hit hit : index.search(SearchQuery.of("broken kettle").top(5))) System.out.println(hit.id());
 * }
 * }</pre>
 *
 * <p>It shows the documents of the last commit before it was opened, or before {@link #refresh} was called last; a writer may work
 * on meanwhile. Thread-safe. Holds files, and the model if it opened that itself, until closed.
 */
public final class SearchIndex implements AutoCloseable {
    private final Path folder;
    private final Directory directory;
    private final SearcherManager searchers;
    private final Analyzer analyzer;
    private final boolean verify;
    private final Set<String> verified = new HashSet<>();
    private final IndexModel model;
    /** By the task's name, which may be null; they remember what they read lately. */
    private final Map<String, Reranker> rerankers = new HashMap<>();

    private SearchIndex(Path folder, Polymath model, boolean verify) throws IOException {
        this.folder = folder;
        this.model = new IndexModel(folder, model);
        this.verify = verify;
        this.directory = FSDirectory.open(folder);
        DirectoryReader reader = null;
        try {
            if (verify) IndexFolder.verify(directory, verified);
            reader = DirectoryReader.open(directory);
            // What a writer has committed between the two.
            if (verify) IndexFolder.verify(directory, verified);
            IndexDescription description = description(reader);
            this.analyzer = description.settings().words().analyzer();
            this.searchers = new SearcherManager(reader, new Bm25Searchers());
            if (model != null) this.model.embedding();
        } catch (IOException | RuntimeException e) {
            if (reader != null) reader.close();
            directory.close();
            throw e;
        }
    }

    /**
     * Opens an index. The model that it was made with is opened when it is first needed, which is not for search by words.
     *
     * @throws InputException if there is no index, or one of its files is missing or damaged
     */
    public static SearchIndex open(Path folder) {
        return open(folder, null, true);
    }

    /**
     * Opens an index with a model that is open already, and stays the caller's to close.
     *
     * @throws InputException also if the index has vectors of another model
     */
    public static SearchIndex open(Path folder, Polymath model) {
        return open(folder, model, true);
    }

    /**
     * As the others.
     *
     * @param model null for the one that the index was made with
     * @param verify whether every file is read and compared with its checksum; without it a damaged file may give wrong hits
     */
    public static SearchIndex open(Path folder, Polymath model, boolean verify) {
        IndexFolder.requireIndex(folder);
        return IndexFolder.attempt(folder, () -> new SearchIndex(folder, model, verify));
    }

    private final class Bm25Searchers extends SearcherFactory {
        @Override
        public IndexSearcher newSearcher(IndexReader reader, IndexReader previous) throws IOException {
            IndexSettings settings = description(reader).settings();
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setSimilarity(new BM25Similarity((float) settings.k1(), (float) settings.b()));
            return searcher;
        }
    }

    private IndexDescription description(IndexReader reader) throws IOException {
        return IndexDescription.of(
                folder, ((DirectoryReader) reader).getIndexCommit().getUserData());
    }

    /** What the index remembers of how it was made. */
    public IndexDescription description() {
        return searching(searcher -> description(searcher.getIndexReader()));
    }

    /** How many documents there are. */
    public int size() {
        return searching(searcher -> searcher.count(new TermQuery(new Term(IndexedDocument.WHOLE, "1"))));
    }

    /** The document of an id, or null if there is none. */
    public Passage document(String id) {
        return searching(searcher -> {
            Query query = new BooleanQuery.Builder()
                    .add(new TermQuery(new Term(IndexedDocument.ID, id)), Occur.FILTER)
                    .add(new TermQuery(new Term(IndexedDocument.WHOLE, "1")), Occur.FILTER)
                    .build();
            ScoreDoc[] found = searcher.search(query, 1).scoreDocs;
            return found.length == 0
                    ? null
                    : IndexedDocument.passage(searcher.storedFields().document(found[0].doc));
        });
    }

    /** How many passages there are, each with a vector. */
    public int passages() {
        return searching(searcher -> {
            int passages = 0;
            for (var leaf : searcher.getIndexReader().leaves()) {
                var vectors = leaf.reader().getFloatVectorValues(IndexedDocument.VECTOR);
                if (vectors != null) passages += vectors.size();
            }
            return passages;
        });
    }

    /**
     * Shows what was committed since.
     *
     * @return whether anything was
     * @throws InputException if a file of it is damaged; what there was is shown on
     */
    public synchronized boolean refresh() {
        return IndexFolder.attempt(folder, () -> {
            IndexSearcher before = searchers.acquire();
            try {
                if (verify) IndexFolder.verify(directory, verified);
                searchers.maybeRefreshBlocking();
                IndexSearcher after = searchers.acquire();
                searchers.release(after);
                return after != before;
            } finally {
                searchers.release(before);
            }
        });
    }

    /**
     * The hits for a query, the best first.
     *
     * @throws InputException if a filter names a field that no document has, or the model lacks the task to rank anew; or if the
     *     model is needed and is not there, or is not the one that the index was made with
     */
    public List<Hit> search(SearchQuery query) {
        return searchAll(List.of(query)).get(0);
    }

    /**
     * The hits for a query whose vector the caller has from the index's task, say from a pass that it shared with other texts.
     *
     * @param vector of the query's text
     */
    public List<Hit> search(SearchQuery query, float[] vector) {
        return searchAll(List.of(query), new float[][] {vector}).get(0);
    }

    /** The hits for each of many queries, whose texts are embedded together; all see the same state of the index. */
    public List<List<Hit>> searchAll(List<SearchQuery> queries) {
        return searchAll(queries, vectors(queries));
    }

    private List<List<Hit>> searchAll(List<SearchQuery> queries, float[][] vectors) {
        return searching(searcher -> {
            IndexDescription description = description(searcher.getIndexReader());
            Fusion fusion = description.fusion();
            List<List<Hit>> hits = new ArrayList<>();
            for (int i = 0; i < queries.size(); i++) {
                SearchQuery query = queries.get(i);
                Reranker reranker = query.reranking() == null
                        ? null
                        : reranker(query.reranking().task());
                boolean known = reranker != null && reranker.knows(description.kept());
                hits.add(new QueryRun(searcher, analyzer, query, vectors[i])
                        .hits(query.fusion() == null ? fusion : query.fusion(), reranker, known));
            }
            return hits;
        });
    }

    /** @param task null for the only one */
    private Reranker reranker(String task) {
        synchronized (rerankers) {
            return rerankers.computeIfAbsent(
                    task, name -> new Reranker(model.embedding().model(), name));
        }
    }

    /**
     * What a query found by words and by meaning, with the ids of the documents, so that they can be fused in several ways.
     *
     * @param ids by Lucene's numbers
     */
    record Lists(List<Ranked> words, List<Ranked> meaning, Map<Integer, String> ids) {
        List<Scored> fused(Fusion fusion) {
            return Ranked.fused(words, meaning, fusion).stream()
                    .map(each -> new Scored(ids.get(each.document()), each.score()))
                    .toList();
        }
    }

    /** Both lists for each of many hybrid queries. */
    List<Lists> lists(List<SearchQuery> queries) {
        float[][] vectors = vectors(queries);
        return searching(searcher -> {
            List<Lists> lists = new ArrayList<>();
            for (int i = 0; i < queries.size(); i++) {
                lists.add(new QueryRun(searcher, analyzer, queries.get(i), vectors[i]).lists());
            }
            return lists;
        });
    }

    /** One for each query; null where it is not looked for by meaning. */
    private float[][] vectors(List<SearchQuery> queries) {
        float[][] vectors = new float[queries.size()][];
        List<String> texts = new ArrayList<>();
        for (SearchQuery query : queries) {
            if (query.meaning() != null) texts.addAll(query.meaning().sentences());
            else if (query.byMeaning()) texts.add(query.text());
        }
        if (texts.isEmpty()) return vectors;
        float[][] all = model.embedding().of(texts, Embedder.Side.QUERY);
        int at = 0;
        for (int i = 0; i < vectors.length; i++) {
            SearchQuery query = queries.get(i);
            if (query.meaning() != null) {
                int count = query.meaning().sentences().size();
                float[][] sentences = Arrays.copyOfRange(all, at, at + count);
                vectors[i] = query.meaning().combined(sentences);
                at += count;
            } else if (query.byMeaning()) vectors[i] = all[at++];
        }
        return vectors;
    }

    /** The model that the index was made with, opened now if it is not; or the one that was given. */
    public Polymath model() {
        return model.embedding().model();
    }

    @FunctionalInterface
    private interface Search<T> {
        T on(IndexSearcher searcher) throws IOException;
    }

    private <T> T searching(Search<T> search) {
        return IndexFolder.attempt(folder, () -> {
            IndexSearcher searcher;
            try {
                searcher = searchers.acquire();
            } catch (AlreadyClosedException e) {
                throw new IllegalStateException("the index has been closed", e);
            }
            try {
                return search.on(searcher);
            } finally {
                searchers.release(searcher);
            }
        });
    }

    @Override
    public void close() {
        model.close();
        IndexFolder.attempt(folder, () -> {
            searchers.close();
            directory.close();
            return null;
        });
    }
}
