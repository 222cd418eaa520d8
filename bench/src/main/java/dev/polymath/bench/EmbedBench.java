package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Precision;
import dev.polymath.run.Prediction;
import dev.polymath.task.Answer;
import dev.polymath.task.Correlation;
import dev.polymath.task.Cosine;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Vectors of the built-in model for the sentences of a file of scored pairs, beside LangChain4j's model of the same weights
 * in this process and, where a Python is given, sentence-transformers in one of its own; all in turns.
 */
@Command(name = "embed", description = "Vectors of texts beside LangChain4j and sentence-transformers, in turns.")
final class EmbedBench implements Callable<Integer> {
    private static final String SENTENCE = "Where is the refund that I was promised three long weeks ago?";
    private static final int CALLS = 300;
    private static final String BASELINE = "langchain4j, one text a call";

    @Parameters(index = "0", paramLabel = "PAIRS.csv", description = "Columns a, b, score.")
    private Path pairs;

    @Option(names = "--model", defaultValue = "minilm")
    private Path model;

    @Option(names = "--precisions", split = ",", defaultValue = "fp32,int8", description = "Of our sides.")
    private List<Precision> precisions;

    @Option(names = "--rounds", defaultValue = "3")
    private int rounds;

    @Option(names = "--python", description = "A Python with sentence-transformers.")
    private Path python;

    @Option(names = "--peer", defaultValue = "tools/peer_embed.py")
    private Path peer;

    @Option(names = "--backbone", description = "minilm in Hugging Face layout (tools/minilm_to_hf.py).")
    private Path backbone;

    /** What one side took: sentences a second, and the rank correlation of its cosines with the scores. */
    private record Side(double rate, double spearman) {}

    private final List<String> texts = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        read();
        EmbeddingModel theirs = new AllMiniLmL6V2EmbeddingModel();
        System.out.printf(
                "| round | side | sentences/s | to langchain4j, one text a call | Spearman |%n|---|---|---|---|---|%n");
        Map<String, Polymath> ours = new LinkedHashMap<>();
        try {
            for (Precision each : precisions) {
                Polymath opened = Polymath.open(model, Polymath.Settings.DEFAULT.with(each));
                ours.put("polymath " + each.key(), opened);
                polymath(opened);
            }
            for (int round = 1; round <= rounds; round++) print(round, sides(ours, theirs));
            latencies(ours, theirs);
        } finally {
            ours.values().forEach(Polymath::close);
        }
        return 0;
    }

    private Map<String, Side> sides(Map<String, Polymath> ours, EmbeddingModel theirs)
            throws IOException, InterruptedException {
        Map<String, Side> sides = new LinkedHashMap<>();
        ours.forEach((name, each) -> sides.put(name + ", one call", polymath(each)));
        sides.put(BASELINE, timed(each(text -> theirs.embed(text).content().vector())));
        ours.forEach(
                (name, each) -> sides.put(name + ", one text a call", timed(each(text -> vector(each.predict(text))))));
        sides.put(
                "langchain4j, one call",
                timed(all -> theirs.embedAll(all.stream().map(TextSegment::from).toList()).content().stream()
                        .map(embedding -> embedding.vector())
                        .toList()));
        if (python != null) {
            sides.put("sentence-transformers, bf16", python("bfloat16"));
            sides.put("sentence-transformers, fp32", python("float32"));
        }
        return sides;
    }

    private static void print(int round, Map<String, Side> sides) {
        double baseline = sides.get(BASELINE).rate;
        sides.forEach((name, side) -> System.out.printf(
                Locale.ROOT,
                "| %d | %s | %.0f | %.2f | %.4f |%n",
                round,
                name,
                side.rate,
                side.rate / baseline,
                side.spearman));
    }

    private void read() throws IOException {
        String csv = Files.readString(pairs);
        for (CSVRecord row : CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(csv))) {
            texts.add(row.get("a"));
            texts.add(row.get("b"));
            scores.add(Double.parseDouble(row.get("score")));
        }
    }

    private Side polymath(Polymath ours) {
        return timed(all -> ours.predict(all.stream().map(Input::of).toList(), List.of()).stream()
                .map(EmbedBench::vector)
                .toList());
    }

    private static float[] vector(Prediction prediction) {
        return ((Answer.Vector) prediction.answers().values().iterator().next()).values();
    }

    private static Function<List<String>, List<float[]>> each(Function<String, float[]> one) {
        return all -> all.stream().map(one).toList();
    }

    private Side timed(Function<List<String>, List<float[]>> embed) {
        long start = System.nanoTime();
        List<float[]> vectors = embed.apply(texts);
        double seconds = (System.nanoTime() - start) / 1e9;
        double[] cosines = new double[scores.size()];
        for (int i = 0; i < cosines.length; i++) cosines[i] = Cosine.of(vectors.get(2 * i), vectors.get(2 * i + 1));
        double[] gold = scores.stream().mapToDouble(Double::doubleValue).toArray();
        return new Side(texts.size() / seconds, Correlation.spearman(gold, cosines));
    }

    /** One sentence a call, the sides in turns, call by call. */
    private static void latencies(Map<String, Polymath> ours, EmbeddingModel theirs) {
        Map<String, Runnable> sides = new LinkedHashMap<>();
        sides.put("langchain4j", () -> theirs.embed(SENTENCE));
        ours.forEach((name, each) -> sides.put(name, () -> each.predict(SENTENCE)));
        Map<String, double[]> took = new LinkedHashMap<>();
        for (int i = -CALLS / 3; i < CALLS; i++) {
            for (Map.Entry<String, Runnable> side : sides.entrySet()) {
                long start = System.nanoTime();
                side.getValue().run();
                double milliseconds = (System.nanoTime() - start) / 1e6;
                if (i >= 0) took.computeIfAbsent(side.getKey(), each -> new double[CALLS])[i] = milliseconds;
            }
        }
        took.values().forEach(Arrays::sort);
        double baseline = took.get("langchain4j")[CALLS / 2];
        System.out.printf("%none sentence of 12 words, median of %d calls:%n", CALLS);
        took.forEach((side, times) -> System.out.printf(
                Locale.ROOT, "%s %.2f ms, to langchain4j %.2f%n", side, times[CALLS / 2], times[CALLS / 2] / baseline));
    }

    private Side python(String type) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        python.toString(),
                        peer.toString(),
                        "--pairs",
                        pairs.toString(),
                        "--backbone",
                        backbone.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().write((type + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IllegalStateException("the peer failed: " + out);
        JsonNode json = new ObjectMapper().readTree(out.substring(out.lastIndexOf('\n') + 1));
        return new Side(
                json.get("sentences_per_second").asDouble(),
                json.get("spearman").asDouble());
    }
}
