package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Parameters;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Pretrained;
import dev.polymath.pooling.Poolings;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.Learning;
import dev.polymath.task.Embedder;
import dev.polymath.task.Target;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgedBatchTest {
    private static final Learning LEARNING = new Learning(0.5, 7);

    private final Task task = new Embedder(
            "same",
            "embed",
            Poolings.MEAN,
            new PartSpec("contrastive", Map.of("temperature", 0.5)),
            64,
            Map.of(),
            false,
            null);

    @ParameterizedTest
    @ValueSource(strings = {"hard", "lora"})
    void itIsTheGradientOfOnePass(String sharing) {
        Random random = new Random(Given.seed());
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String second = Given.text(random);
            Label label = new Label.Match(Set.of(second), List.of(Given.text(random)), List.of());
            rows.add(new Example(Given.text(random), second, label, i));
        }
        Pretrained bert = Given.bert(0);
        Parts parts = new Parts(
                SharingSpec.of(new PartSpec(sharing, Map.of())),
                Given.PARTS.balance(),
                Given.PARTS.sampling(),
                List.of());
        Trainer trainer = new Trainer(bert, List.of(new TaskRows(task, rows, List.of())), parts, Given.spec(1, 1));
        Map<String, float[]> whole = gradients(trainer, 0);
        Map<String, float[]> kept = gradients(trainer, 1_000_000);
        Map<String, float[]> cached = gradients(trainer, 1);
        assertThat(cached.keySet()).isEqualTo(whole.keySet());
        double most = 0;
        for (String name : whole.keySet()) {
            assertThat(kept.get(name)).as(name).containsExactly(whole.get(name), within(2e-5f));
            assertThat(cached.get(name)).as(name).containsExactly(whole.get(name), within(2e-5f));
            for (float value : whole.get(name)) most = Math.max(most, Math.abs(value));
        }
        assertThat(most).isGreaterThan(1e-3);
    }

    /** @param mostTokens 0 for one pass */
    private Map<String, float[]> gradients(Trainer trainer, int mostTokens) {
        EncodedRows rows = trainer.train().get(0);
        List<Encoding> encodings = rows.all();
        Network network = trainer.network();
        try (PointerScope scope = new PointerScope();
                Parameters parameters = new Parameters(trainer.initial(), trainer::kind)) {
            Map<String, Tensor> weights = parameters.tensors();
            TorchOps ops = new TorchOps(weights, ScalarType.Float, true);
            Target target = task.target(rows.examples(), encodings, 0);
            Tensor values = Tensors.of(target.values());
            Tensor counts = Tensors.of(target.weights());
            if (mostTokens > 0) {
                JudgedBatch parts = new JudgedBatch(
                        network, weights, task, 0, encodings, LEARNING, UnaryOperator.identity(), mostTokens, 40);
                task.loss(ops, parts.outputs(), values, counts).backward();
                parts.backward();
            } else {
                Network.Pass pass =
                        network.pass(weights, encodings, new int[encodings.size()], LEARNING, UnaryOperator.identity());
                task.loss(ops, task.head(ops, pass.hidden()), values, counts).backward();
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            weights.forEach((name, tensor) -> {
                if (tensor.requires_grad() && tensor.grad().defined())
                    gradients.put(name, Tensors.array(tensor.grad()).floats());
            });
            return gradients;
        }
    }
}
