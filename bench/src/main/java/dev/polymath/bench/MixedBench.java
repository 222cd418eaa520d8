package dev.polymath.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.polymath.learn.torch.AdamW;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Precisions;
import dev.polymath.model.Minilm;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.run.Input;
import dev.polymath.run.Polymath;
import dev.polymath.run.Question;
import dev.polymath.sharing.Learning;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Rows that belong each to a low-rank task of its own, in one pass, beside rows of one task, and beside a pass for each task:
 * the served path, and learning. The ways take turns, so that whatever else the machine does meets all of them.
 */
@Command(name = "mixed", description = "Throughput of batches of many low-rank tasks, beside one task and sub-batches.")
final class MixedBench implements Callable<Integer> {
    private static final String WORD = "parcel ";
    private static final List<String> WAYS = List.of("one task", "a task a row", "a task a row, a pass a task");

    @Option(names = "--model", required = true, description = "Where to put the model that is served.")
    private Path folder;

    @Option(names = "--tasks", defaultValue = "32")
    private int count;

    @Option(names = "--tokens", defaultValue = "64", description = "Of a row.")
    private int tokens;

    @Option(names = "--rank", defaultValue = "8")
    private int rank;

    @Option(names = "--rounds", defaultValue = "5")
    private int rounds;

    @Option(names = "--threads", defaultValue = "0")
    private int threads;

    @Option(names = "--python", description = "A Python with torch, transformers and peft, to be measured beside.")
    private Path python;

    @Option(names = "--peer", defaultValue = "tools/peer_mixed.py")
    private Path peer;

    @Option(names = "--backbone", description = "minilm in Hugging Face layout (tools/minilm_to_hf.py), for the peer.")
    private Path backboneFolder;

    private final List<Task> tasks = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        UntrainedModel model = UntrainedModel.of(count, new PartSpec("lora", Map.of("rank", rank)));
        tasks.addAll(model.tasks());
        System.out.println(
                "| " + count + " rows of " + tokens + " tokens, rank " + rank + " | tokens/s | to one task |");
        System.out.println("|---|---|---|");
        print("served", served(model));
        if (python != null) {
            print("peft, fp32", peer(List.of()));
            print("peft, bf16", peer(List.of("--bf16")));
        }
        print("learning", learning(model));
        return 0;
    }

    private void print(String what, double[] rates) {
        for (int way = 0; way < rates.length; way++) {
            System.out.printf(
                    Locale.ROOT, "| %s: %s | %,.0f | %.2f |%n", what, WAYS.get(way), rates[way], rates[way] / rates[0]);
        }
    }

    private double[] peer(List<String> more) throws Exception {
        List<String> command = new ArrayList<>(List.of(python.toString(), peer.toString(), "--backbone"));
        command.add(backboneFolder.toString());
        Map<String, Integer> options =
                Map.of("--tasks", count, "--tokens", tokens, "--rank", rank, "--rounds", rounds, "--threads", threads);
        options.forEach((name, value) -> command.addAll(List.of(name, value.toString())));
        command.addAll(more);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IllegalStateException("the peer failed: " + out);
        JsonNode json = new ObjectMapper().readTree(out.substring(out.lastIndexOf('\n') + 1));
        return WAYS.stream().mapToDouble(way -> json.get(way).asDouble()).toArray();
    }

    private double[] served(UntrainedModel untrained) {
        untrained.write(folder, tokens);
        Input input = Input.of(WORD.repeat(tokens));
        List<Question> one = Collections.nCopies(count, new Question(input, List.of("task0")));
        List<Question> own = tasks.stream()
                .map(task -> new Question(input, List.of(task.name())))
                .toList();
        try (Polymath model = Polymath.open(folder, new Polymath.Settings(threads, count * tokens))) {
            return rates(
                    () -> model.predict(one),
                    () -> model.predict(own),
                    () -> own.forEach(question -> model.predict(List.of(question))));
        }
    }

    private double[] learning(UntrainedModel model) {
        try (Tokenizer tokenizer = new Tokenizer(Minilm.tokenizer());
                Parameters parameters = new Parameters(model.weights(), name -> kind(name));
                AdamW optimizer = new AdamW(parameters, 0.01, 1)) {
            Encoding row = tokenizer.encode(WORD.repeat(tokens), null, tokens);
            List<String> names = tasks.stream().map(Task::name).toList();
            Network network = new Network(
                    model.backbone(),
                    names,
                    model.groups(),
                    tokenizer.padId(),
                    Precisions.type(TrainSpec.Precision.AUTO));
            int[] own = IntStream.range(0, count).toArray();
            return rates(
                    () -> learn(network, parameters, optimizer, row, new int[count]),
                    () -> learn(network, parameters, optimizer, row, own),
                    () -> {
                        for (int task : own) backward(network, parameters, row, new int[] {task});
                        optimizer.step(1, 1e-6);
                    });
        }
    }

    private static Parameters.Kind kind(String name) {
        return name.startsWith(SharingGroup.PREFIX) ? new Parameters.Kind(1, true, false) : null;
    }

    private static void learn(Network network, Parameters parameters, AdamW optimizer, Encoding row, int[] tasks) {
        backward(network, parameters, row, tasks);
        optimizer.step(1, 1e-6);
    }

    private static void backward(Network network, Parameters parameters, Encoding row, int[] tasks) {
        try (PointerScope scope = new PointerScope()) {
            Tensor states = network.pass(
                            parameters.tensors(),
                            Collections.nCopies(tasks.length, row),
                            tasks,
                            new Learning(0.5, 1),
                            UnaryOperator.identity())
                    .hidden()
                    .last();
            states.mul(states).mean().backward();
        }
    }

    /** Tokens a second of each way, over all rounds; a round before them warms up. */
    private double[] rates(Runnable... ways) {
        double[] seconds = new double[ways.length];
        for (int round = -1; round < rounds; round++) {
            for (int way = 0; way < ways.length; way++) {
                long start = System.nanoTime();
                ways[way].run();
                if (round >= 0) seconds[way] += (System.nanoTime() - start) / 1e9;
            }
        }
        double[] rates = new double[ways.length];
        for (int way = 0; way < ways.length; way++) rates[way] = (double) rounds * count * tokens / seconds[way];
        return rates;
    }
}
