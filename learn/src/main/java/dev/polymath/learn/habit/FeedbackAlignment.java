package dev.polymath.learn.habit;

import dev.polymath.InputException;
import dev.polymath.learn.sampling.EpochPlan;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.model.Inputs;
import dev.polymath.model.Prompt;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.weights.Array;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Direct feedback alignment: nothing is propagated back through the backbone. In place of its true gradient the state
 * {@code h [rows, tokens, width]} that the embeddings or a layer give gets
 *
 * <pre>
 *   dh = (e B) / tokens    or, for a task on tokens,    dh = e B,        e = dloss / doutput
 * </pre>
 *
 * where {@code B [outputs, width]} is random, fixed, and another one for each task and state. Each layer reads its input
 * without a gradient and takes {@code dh} through its own weights alone; a head has its true gradient. Layers could so
 * learn at the same time; here that buys nothing but the comparison. A token's share of its row's error is that of the
 * mean over tokens, however the head pools. Nøkland 2016, <i>Direct Feedback Alignment Provides Learning in Deep Neural
 * Networks</i>, arXiv:1609.01596; for transformers, and a state a layer as here, Launay et al. 2020, <i>Direct Feedback
 * Alignment Scales to Modern Deep Learning Tasks and Architectures</i>, arXiv:2006.12878.
 *
 * <p>The elements of {@code B} are normal with deviation {@code scale / sqrt(width)}: an error keeps about its norm.
 */
public final class FeedbackAlignment implements Habit {
    private final Setting setting;
    private final double scale;
    /** Of the forward pass under way, by site. */
    private final Map<String, Tensor> states = new LinkedHashMap<>();

    /** @param scale of the random matrices, above 0; default 1 */
    public FeedbackAlignment(Setting setting, double scale) {
        this.setting = setting;
        this.scale = scale;
    }

    @Override
    public Sites<Tensor> around(Sites<Tensor> sites) {
        states.clear();
        return new Sites<>() {
            @Override
            public Tensor at(Ops<Tensor> ops, String site, Tensor input, Tensor output) {
                Tensor given = sites.at(ops, site, input, output);
                if (!Sites.isState(site)) return given;
                states.put(site, given);
                return given.detach();
            }

            /** Errors are fed back to the text's tokens alone: a prompt would never learn. */
            @Override
            public Prompt<Tensor> prompt(Ops<Tensor> ops, Inputs<Tensor> inputs, Tensor words) {
                Prompt<Tensor> prompt = sites.prompt(ops, inputs, words);
                if (prompt.tokens() == 0) return prompt;
                throw new InputException("feedback-alignment does not reach prompts before the text; share otherwise");
            }

            @Override
            public Tensor instead(Ops<Tensor> ops, String site, Tensor input) {
                return sites.instead(ops, site, input);
            }

            @Override
            public Tensor penalty(Ops<Tensor> ops) {
                return sites.penalty(ops);
            }
        };
    }

    /** The loss as it is, with {@code sum(h dh)} over the states in its gradient. */
    @Override
    public Tensor loss(TaskBatch batch, Tensor loss) {
        if (!loss.requires_grad()) return loss;
        Tensor error = error(batch);
        Tensor mask = batch.hidden().mask().to(ScalarType.Float).unsqueeze(2);
        if (error.dim() == 2) {
            Tensor tokens = torch.sum(mask, new long[] {1}, true, Tensors.SAME_TYPE);
            error = error.unsqueeze(1).div(tokens.clamp_min(new Scalar(1)));
        }
        error = error.mul(mask);
        Tensor with = loss;
        for (Map.Entry<String, Tensor> state : states.entrySet()) {
            Tensor matrix = Tensors.of(matrix(batch.index(), state.getKey(), (int) error.size(2)));
            Tensor own = state.getValue().narrow(0, batch.from(), batch.count()).to(ScalarType.Float);
            Tensor fed = own.mul(torch.matmul(error, matrix)).sum();
            with = with.add(fed.sub(fed.detach()));
        }
        return with;
    }

    private static Tensor error(TaskBatch batch) {
        Tensor output = batch.output().detach().set_requires_grad(true);
        Tensor loss = batch.task().loss(batch.ops(), output, batch.values(), batch.weights());
        loss.mul(new Scalar(1 / batch.task().chance())).backward();
        return output.grad();
    }

    /** {@code B [outputs, width]} of a task, by its position, and of the state at a site. */
    public Array matrix(int task, String site, int outputs) {
        SplittableRandom random = new SplittableRandom(EpochPlan.mixed(setting.seed(), task, site.hashCode()));
        int width = setting.backbone().width();
        float[] values = new float[outputs * width];
        double deviation = scale / Math.sqrt(width);
        for (int i = 0; i < values.length; i++) values[i] = (float) (deviation * random.nextGaussian());
        return Array.of(values, outputs, width);
    }
}
