package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
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

    @Parameters(index = "0", paramLabel = "PAIRS.csv", description = "Columns a, b, score.")
    private Path pairs;

    @Option(names = "--model", defaultValue = "minilm")
    private Path model;

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
        System.out.printf("| round | side | sentences/s | against polymath | Spearman |%n|---|---|---|---|---|%n");
        try (Polymath ours = Polymath.open(model)) {
            polymath(ours);
            for (int round = 1; round <= rounds; round++) {
                Map<String, Side> sides = new LinkedHashMap<>();
                sides.put("polymath, one call", polymath(ours));
                sides.put("polymath, one text a call", timed(each(text -> vector(ours.predict(text)))));
                sides.put(
                        "langchain4j, one call",
                        timed(all -> theirs
                                .embedAll(all.stream().map(TextSegment::from).toList())
                                .content()
                                .stream()
                                .map(embedding -> embedding.vector())
                                .toList()));
                sides.put(
                        "langchain4j, one text a call",
                        timed(each(text -> theirs.embed(text).content().vector())));
                if (python != null) {
                    sides.put("sentence-transformers, bf16", python("bfloat16"));
                    sides.put("sentence-transformers, fp32", python("float32"));
                }
                double first = sides.values().iterator().next().rate;
                for (Map.Entry<String, Side> side : sides.entrySet()) {
                    System.out.printf(
                            Locale.ROOT,
                            "| %d | %s | %.0f | %.2f | %.4f |%n",
                            round,
                            side.getKey(),
                            side.getValue().rate,
                            side.getValue().rate / first,
                            side.getValue().spearman);
                }
            }
            double own = latency(text -> ours.predict(text));
            double other = latency(theirs::embed);
            System.out.printf(
                    Locale.ROOT,
                    "%none sentence of 12 words, median of %d calls: polymath %.2f ms, langchain4j %.2f ms, ratio %.2f%n",
                    CALLS,
                    own,
                    other,
                    own / other);
        }
        return 0;
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

    /** Milliseconds. */
    private static double latency(Function<String, ?> embed) {
        for (int i = 0; i < CALLS; i++) embed.apply(SENTENCE);
        double[] took = new double[CALLS];
        for (int i = 0; i < CALLS; i++) {
            long start = System.nanoTime();
            embed.apply(SENTENCE);
            took[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(took);
        return took[CALLS / 2];
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
