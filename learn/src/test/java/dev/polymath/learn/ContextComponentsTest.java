package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.learn.torch.TorchOps;
import dev.polymath.model.Fixture;
import dev.polymath.model.Inputs;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Projection;
import dev.polymath.model.Sites;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.SharingSpec;
import dev.polymath.sharing.Lora;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Low-rank updates that begin as components of the backbone's weights, chosen by training texts. */
class ContextComponentsTest {
    private static final String QUERY = "layer.0.attention.query";

    @TempDir
    Path temporary;

    @BeforeEach
    void oneThread() {
        torch.set_num_threads(1);
    }

    /** Queries of the first layer read what the embeddings give. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void theMomentsAreThoseOfTheTokensAndNotOfThePadding(String backbone) {
        Pretrained pretrained = pretrained(backbone);
        List<Encoding> texts = encodings(pretrained, "the train to paris", "refund", "slow bank");
        Map<String, Projection> query =
                Map.of(QUERY, pretrained.backbone().projections().get(QUERY));
        double[] found = ContextMoments.of(pretrained.backbone(), pretrained.weights(), query, texts, 0)
                .get(QUERY);
        int width = pretrained.backbone().width();
        double[] expected = new double[width * width];
        int tokens = 0;
        for (Encoding text : texts) {
            float[] states = embedded(pretrained, text);
            for (int from = 0; from < states.length; from += width) {
                tokens++;
                for (int i = 0; i < width; i++)
                    for (int j = 0; j < width; j++)
                        expected[i * width + j] += (double) states[from + i] * states[from + j];
            }
        }
        for (int i = 0; i < expected.length; i++) expected[i] /= tokens;
        assertThat(found).containsExactly(expected, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource({"bert, task", "bert, others", "modernbert, task", "modernbert, others"})
    void aFreshOneChangesNothing(String backbone, String context) {
        Pretrained pretrained = pretrained(backbone);
        Trainer trainer = trainer(pretrained, context, rows());
        List<Encoding> texts = encodings(pretrained, "the train to paris", "refund", "slow bank");
        float[] fresh = states(trainer, trainer.initial(), texts);
        assertThat(fresh).containsExactly(plain(pretrained, texts), within(1e-5f));
    }

    @Test
    void atFullRankItIsTheProjection() {
        Map<String, Object> knobs = Map.of("init", "corda", "rank", 32, "alpha", 64, "sites", "attention.query");
        Trainer trainer = trainer(Given.bert(0), knobs, rows());
        SharingGroup group = trainer.groups().get(0);
        Pretrained bert = trainer.pretrained();
        Weights own = unlearned(group.own(trainer.initial(), "classify"));
        Weights folded = ((Lora) group.part()).folded(bert.backbone(), bert.weights(), own);
        bert.backbone().projections().forEach((site, projection) -> {
            if (!site.endsWith("attention.query")) return;
            double whole = bert.weights().get(projection.weight()).norm();
            assertThat(folded.get(projection.weight()).norm()).as(site).isLessThan(1e-5 * whole);
        });
    }

    @Test
    void itFollowsFromTheTasksOwnTextsOrFromTheOthers() {
        List<TaskRows> rows = rows();
        List<TaskRows> changed = new ArrayList<>(rows);
        changed.set(
                1,
                new TaskRows(
                        rows.get(1).task(),
                        Given.examples("tag", 30, new Random(9)),
                        rows.get(1).dev()));
        for (String context : List.of("task", "others")) {
            Trainer before = trainer(Given.bert(0), context, rows);
            Trainer after = trainer(Given.bert(0), context, changed);
            for (String task : List.of("classify", "tag")) {
                boolean reads = task.equals("tag") == context.equals("task");
                assertThat(own(after, task).equals(own(before, task)))
                        .as("%s, %s", context, task)
                        .isNotEqualTo(reads);
            }
        }
    }

    @Test
    void aContextHasNoMoreTextsThanAskedForAndAsManyOfEachOtherTask() {
        List<TaskRows> rows = Given.rows("classify", "tag", "regress");
        Trainer trainer =
                trainer(Given.bert(0), Map.of("init", "corda", "context", "others", "context_texts", 5), rows);
        ContextComponents components = new ContextComponents(trainer.pretrained(), trainer.names(), trainer.train(), 0);
        SharingGroup group = trainer.groups().get(0);
        List<Encoding> context =
                components.context(group.part().orientation(trainer.pretrained().backbone()), "tag");
        List<Encoding> first = trainer.train().get(0).firsts();
        List<Encoding> last = trainer.train().get(2).firsts();
        assertThat(context).containsExactly(first.get(0), first.get(20), last.get(0), last.get(13), last.get(26));
    }

    @Test
    void withoutAnotherTaskThereIsNothingOfOthers() {
        assertThatThrownBy(() -> trainer(Given.bert(0), "others", Given.rows("classify")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("classify begins from the texts of the other tasks")
                .hasMessageContaining("'context: task'");
        trainer(Given.bert(0), "task", Given.rows("classify"));
    }

    /** What the smallest components of its texts give can be learned away there; not so the largest. */
    @Test
    void withoutComponentsThatPreserveKnowledgeTheContextsTextsAreReadNearlyAsBefore() {
        Map<String, Double> change = new LinkedHashMap<>();
        List<TaskRows> rows = rows();
        for (String context : List.of("others", "task")) {
            Trainer trainer = trainer(Given.bert(0), context, rows);
            // The texts of the second task are the context of the first, or its own.
            SharingGroup group = trainer.groups().get(0);
            int task = context.equals("others") ? 0 : 1;
            List<Encoding> texts = trainer.train().get(1).firsts();
            float[] before = states(trainer, trainer.initial(), texts, task);
            float[] after = states(trainer, unlearned(trainer.initial()), texts, task);
            double sum = 0;
            for (int i = 0; i < before.length; i++) sum += Math.pow(after[i] - before[i], 2);
            change.put(context, Math.sqrt(sum / before.length));
        }
        System.out.println("root mean square change of the context's states: " + change);
        assertThat(change.get("others")).isPositive().isLessThan(0.2 * change.get("task"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"task", "others"})
    void itLearnsFoldsAndKeepsWhatItBeganWith(String context) {
        Trainer trainer = trainer(Given.bert(0), context, rows());
        Trained trained = trainer.train(null, false, TrainingListener.NONE, () -> false);
        for (String name : trainer.initial().names()) {
            boolean learns = name.startsWith("heads.") || name.startsWith("sharing.") && !name.contains(".from.");
            assertThat(trained.weights().get(name).equals(trainer.initial().get(name)))
                    .as(name)
                    .isNotEqualTo(learns);
        }
        SharingGroup group = trainer.groups().get(0);
        Pretrained bert = trainer.pretrained();
        List<Encoding> texts = encodings(bert, "the train to paris", "refund");
        Weights own = group.own(trained.weights(), "tag");
        Weights folded = ((Lora) group.part()).folded(bert.backbone(), bert.weights(), own);
        Pretrained with = new Pretrained(bert.backbone(), bert.config(), folded, bert.tokenizer(), bert.name());
        assertThat(states(trainer, trained.weights(), texts, 1)).containsExactly(plain(with, texts), within(1e-5f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"task", "others"})
    void aRunStoppedAndResumedEndsAsAnUnbrokenOne(String context) {
        Trained unbroken =
                trainer(Given.bert(0), context, rows()).train(null, false, TrainingListener.NONE, () -> false);
        int[] steps = new int[1];
        assertThatThrownBy(() -> trainer(Given.bert(0), context, rows())
                        .train(temporary, false, TrainingListener.NONE, () -> ++steps[0] > 2))
                .isInstanceOf(TrainingStopped.class);
        torch.set_num_threads(1);
        Trained resumed =
                trainer(Given.bert(0), context, rows()).train(temporary, true, TrainingListener.NONE, () -> false);
        assertThat(resumed.weights()).isEqualTo(unbroken.weights());
    }

    @Test
    void anotherContextIsAnotherRun() {
        String task = trainer(Given.bert(0), "task", rows()).digest();
        assertThat(trainer(Given.bert(0), "task", rows()).digest()).isEqualTo(task);
        assertThat(trainer(Given.bert(0), "others", rows()).digest()).isNotEqualTo(task);
    }

    /** With learned factors of 0, so that what they began as is gone. */
    private static Weights unlearned(Weights weights) {
        Map<String, Array> arrays = new LinkedHashMap<>(weights.asMap());
        arrays.replaceAll(
                (name, array) -> name.endsWith(".up") && !name.contains(".from.") ? Array.zeros(array.shape()) : array);
        return new Weights(arrays);
    }

    private static Weights own(Trainer trainer, String task) {
        return trainer.groups().get(0).own(trainer.initial(), task);
    }

    private static List<TaskRows> rows() {
        return Given.rows("classify", "tag");
    }

    private static Trainer trainer(Pretrained pretrained, String context, List<TaskRows> rows) {
        return trainer(pretrained, Map.of("init", "corda", "rank", 4, "context", context), rows);
    }

    private static Trainer trainer(Pretrained pretrained, Map<String, Object> knobs, List<TaskRows> rows) {
        SharingSpec sharing = SharingSpec.of(new PartSpec("lora", knobs));
        Parts parts = new Parts(sharing, Given.PARTS.balance(), Given.PARTS.sampling(), List.of());
        return new Trainer(pretrained, rows, parts, Given.spec(1, 1));
    }

    private static Pretrained pretrained(String backbone) {
        return Pretrained.open(new Fixture(backbone).folder().toString(), 0);
    }

    private static List<Encoding> encodings(Pretrained pretrained, String... texts) {
        try (Tokenizer tokenizer = new Tokenizer(pretrained.tokenizer())) {
            return tokenizer.encodeAll(List.of(texts), 40);
        }
    }

    private static float[] embedded(Pretrained pretrained, Encoding text) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            TokenBatch batch = TokenBatch.of(List.of(text), 0);
            Inputs<Tensor> inputs =
                    new Inputs<>(Tensors.of(batch.ids()), Tensors.of(batch.mask()), Tensors.of(batch.types()));
            TorchOps ops = new TorchOps(tensors(pretrained.weights()), ScalarType.Float, false);
            Tensor first = pretrained
                    .backbone()
                    .hidden(ops, inputs, Sites.none())
                    .layers()
                    .get(0);
            return Tensors.array(first).floats();
        }
    }

    private static float[] plain(Pretrained pretrained, List<Encoding> texts) {
        SharingGroup hard = new SharingGroup("hard", new PartSpec("hard", Map.of()), List.of("a"));
        Network network = new Network(pretrained.backbone(), List.of("a"), List.of(hard), 0, ScalarType.Float);
        return states(network, pretrained.weights(), texts, 0);
    }

    private static float[] states(Trainer trainer, Weights weights, List<Encoding> texts) {
        return states(trainer, weights, texts, 0);
    }

    private static float[] states(Trainer trainer, Weights weights, List<Encoding> texts, int task) {
        Network network =
                new Network(trainer.pretrained().backbone(), trainer.names(), trainer.groups(), 0, ScalarType.Float);
        return states(network, weights, texts, task);
    }

    /** Of each text by itself, so that there is no padding. */
    private static float[] states(Network network, Weights weights, List<Encoding> texts, int task) {
        List<float[]> states = new ArrayList<>();
        int size = 0;
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Map<String, Tensor> tensors = tensors(weights);
            for (Encoding text : texts) {
                Tensor last =
                        network.hidden(tensors, List.of(text), new int[] {task}).last();
                states.add(Tensors.array(last).floats());
                size += states.get(states.size() - 1).length;
            }
        }
        float[] all = new float[size];
        int at = 0;
        for (float[] each : states) {
            System.arraycopy(each, 0, all, at, each.length);
            at += each.length;
        }
        return all;
    }

    private static Map<String, Tensor> tensors(Weights weights) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.asMap().forEach((name, array) -> tensors.put(name, Tensors.of(array)));
        return tensors;
    }
}
