package dev.polymath.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.polymath.data.Passage;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.search.Hit;
import dev.polymath.search.IndexSettings;
import dev.polymath.search.Indexer;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import dev.polymath.search.VectorStorage;
import dev.polymath.task.Answer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * How fast passages are indexed beside the model alone, in turns; and what the graph of vectors finds of what looking at every
 * vector finds, how fast, and how large it is.
 */
@Command(name = "index", description = "Rate of indexing; recall, milliseconds and bytes of search over many passages.")
final class IndexBench implements Callable<Integer> {
    private static final int TURN = 500;
    private static final int TOP = 10;
    /** How far a vector is moved for another one like it. */
    private static final double MOVED = 0.5;

    @Parameters(index = "0", paramLabel = "SUITE")
    private Path suite;

    @Option(names = "--model", defaultValue = "minilm")
    private Path model;

    @Option(names = "--embed", description = "Passages to embed, and to index; an even number of " + TURN + ".")
    private int embedded = 4000;

    @Option(names = "--passages", description = "Vectors to search over: those embedded, and others near to them.")
    private int passages = 100_000;

    @Option(names = "--words", description = "Words of a passage, at most.")
    private int words = ManyPassages.WORDS;

    @Option(names = "--connections", description = "Of the graph of vectors.")
    private int connections = IndexSettings.DEFAULT.connections();

    @Option(names = "--beam", description = "Of the graph of vectors.")
    private int beam = IndexSettings.DEFAULT.beam();

    @Option(names = "--vectors", split = ",", description = "Kinds to compare.")
    private List<String> kinds = List.of("int8", "int4", "float32");

    @Option(names = "--queries")
    private int queryCount = 200;

    @Option(names = "--candidates", split = ",")
    private List<Integer> candidates = List.of(50, 100, 200);

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @Override
    public Integer call() throws Exception {
        Path work = Files.createTempDirectory("polymath-index-bench");
        try (Polymath polymath = Polymath.open(model)) {
            ManyPassages many = new ManyPassages(suite, words);
            List<Passage> texts = many.passages(embedded);
            List<float[]> vectors = rate(polymath, texts, work.resolve("rate"));
            List<String> asked = many.queries()
                    .subList(0, Math.min(queryCount, many.queries().size()));
            List<float[]> queries = embed(polymath, asked);
            System.out.printf(
                    "%n| vectors | candidates | recall@%d | ms a query | ms, every vector | MB of the graph's vectors |"
                            + " MB of the graph | MB in float32 | MB in all |%n|---|---|---|---|---|---|---|---|---|%n",
                    TOP);
            for (String kind : kinds) {
                Path index = work.resolve(kind);
                fill(polymath, index, VectorStorage.named(kind), texts, vectors);
                opening(polymath, index, kind);
                search(polymath, index, kind, asked, queries);
            }
        }
        return 0;
    }

    /** Half of the passages are embedded, half are indexed, in turns; then the rest is embedded too. */
    private List<float[]> rate(Polymath polymath, List<Passage> texts, Path index) {
        List<float[]> vectors = new ArrayList<>();
        double[] wall = new double[2];
        double[] processor = new double[2];
        embed(polymath, whole(texts.subList(0, TURN)));
        try (Indexer indexer = Indexer.open(index, polymath, IndexSettings.DEFAULT)) {
            for (int from = 0; from + 2 * TURN <= texts.size(); from += 2 * TURN) {
                List<Passage> first = texts.subList(from, from + TURN);
                List<Passage> second = texts.subList(from + TURN, from + 2 * TURN);
                timed(0, wall, processor, () -> vectors.addAll(embed(polymath, whole(first))));
                timed(1, wall, processor, () -> second.forEach(indexer::add));
            }
            timed(1, wall, processor, indexer::close);
        }
        int half = texts.size() / 2;
        System.out.printf("| passages | side | passages/s | against the model alone | the same in processor time |%n"
                + "|---|---|---|---|---|%n");
        System.out.printf(Locale.ROOT, "| %d | the model alone | %.1f | 1.00 | 1.00 |%n", half, half / wall[0]);
        System.out.printf(
                Locale.ROOT,
                "| %d | indexing | %.1f | %.2f | %.2f |%n",
                half,
                half / wall[1],
                wall[0] / wall[1],
                processor[0] / processor[1]);
        return vectors;
    }

    private void timed(int side, double[] wall, double[] processor, Runnable work) {
        long start = System.nanoTime();
        long used = system.getProcessCpuTime();
        work.run();
        wall[side] += (System.nanoTime() - start) / 1e9;
        processor[side] += (system.getProcessCpuTime() - used) / 1e9;
    }

    private static List<String> whole(List<Passage> passages) {
        return passages.stream().map(Passage::whole).toList();
    }

    /** In calls of as many texts as indexing makes them. */
    private static List<float[]> embed(Polymath polymath, List<String> texts) {
        List<float[]> vectors = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += 256) {
            List<Input> chunk = texts.subList(from, Math.min(texts.size(), from + 256)).stream()
                    .map(Input::of)
                    .toList();
            polymath.predict(chunk, List.of("embed"))
                    .forEach(each -> vectors.add(((Answer.Vector) each.answers().get("embed")).values()));
        }
        return vectors;
    }

    private void fill(Polymath polymath, Path index, VectorStorage kind, List<Passage> texts, List<float[]> vectors) {
        SplittableRandom random = new SplittableRandom(7);
        long start = System.nanoTime();
        IndexSettings settings = IndexSettings.DEFAULT.vectors(kind).graph(connections, beam);
        try (Indexer indexer = Indexer.open(index, polymath, settings)) {
            for (int i = 0; i < passages; i++) {
                float[] vector = vectors.get(i % vectors.size());
                if (i >= vectors.size()) vector = moved(vector, random);
                String text = texts.get(i % texts.size()).text();
                indexer.add(Passage.of(Integer.toString(i), "", text), vector);
            }
            indexer.compact();
        }
        System.err.printf(
                Locale.ROOT, "%s: %d vectors in %.0f s%n", kind.key(), passages, (System.nanoTime() - start) / 1e9);
    }

    /** A vector of length 1 at a cosine of about {@code 1 / sqrt(1 + MOVED^2)}, 0.89, in a random direction. */
    private static float[] moved(float[] vector, SplittableRandom random) {
        double[] sum = new double[vector.length];
        double squares = 0;
        for (int i = 0; i < sum.length; i++) {
            sum[i] = vector[i] + MOVED / Math.sqrt(sum.length) * random.nextGaussian();
            squares += sum[i] * sum[i];
        }
        float[] moved = new float[sum.length];
        for (int i = 0; i < sum.length; i++) moved[i] = (float) (sum[i] / Math.sqrt(squares));
        return moved;
    }

    /** How long opening takes with every file read and compared with its checksum, and without; the files lie in memory. */
    private static void opening(Polymath polymath, Path folder, String kind) throws IOException {
        double[] milliseconds = new double[2];
        for (int round = 0; round < 3; round++) {
            for (int verify = 0; verify < 2; verify++) {
                long start = System.nanoTime();
                SearchIndex.open(folder, polymath, verify == 1).close();
                milliseconds[verify] = (System.nanoTime() - start) / 1e6;
            }
        }
        System.err.printf(
                Locale.ROOT,
                "%s: %.0f MB opened in %.0f ms with checksums, %.0f ms without%n",
                kind,
                megabytes(folder, ""),
                milliseconds[1],
                milliseconds[0]);
    }

    private void search(Polymath polymath, Path folder, String kind, List<String> asked, List<float[]> queries)
            throws IOException {
        try (SearchIndex index = SearchIndex.open(folder, polymath)) {
            SearchQuery plain = SearchQuery.of("").mode(SearchMode.DENSE).top(TOP);
            List<Set<String>> nearest = new ArrayList<>();
            double exact = Double.NaN;
            for (int round = 0; round < 2; round++) {
                nearest.clear();
                exact = milliseconds(index, plain.exactly(), asked, queries, nearest);
            }
            for (int count : candidates) {
                List<Set<String>> found = new ArrayList<>();
                double took = Double.NaN;
                for (int round = 0; round < 3; round++) {
                    found.clear();
                    took = milliseconds(index, plain.candidates(count), asked, queries, found);
                }
                int hits = 0;
                for (int i = 0; i < found.size(); i++) {
                    found.get(i).retainAll(nearest.get(i));
                    hits += found.get(i).size();
                }
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %.4f | %.2f | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
                        kind,
                        count,
                        hits / (double) (TOP * queries.size()),
                        took,
                        exact,
                        megabytes(folder, kind.equals("float32") ? ".vec" : ".veq"),
                        megabytes(folder, ".vex"),
                        megabytes(folder, ".vec"),
                        megabytes(folder, ""));
            }
        }
    }

    /** The median over queries, on this thread; the model's pass not counted. */
    private static double milliseconds(
            SearchIndex index, SearchQuery like, List<String> asked, List<float[]> queries, List<Set<String>> found) {
        double[] took = new double[queries.size()];
        for (int i = 0; i < took.length; i++) {
            SearchQuery query = like.text(asked.get(i));
            long start = System.nanoTime();
            List<Hit> hits = index.search(query, queries.get(i));
            took[i] = (System.nanoTime() - start) / 1e6;
            found.add(new HashSet<>(hits.stream().map(Hit::id).toList()));
        }
        Arrays.sort(took);
        return took[took.length / 2];
    }

    private static double megabytes(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            long bytes = 0;
            for (Path file :
                    files.filter(each -> each.toString().endsWith(ending)).toList()) bytes += Files.size(file);
            return bytes / 1e6;
        }
    }
}
