package dev.polymath.sharing;

import dev.polymath.model.Backbone;
import dev.polymath.model.Inputs;
import dev.polymath.model.Prompt;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Multitask prompt tuning: the tasks share soft tokens {@code P [tokens, width]}, and each task {@code t} changes them,
 * element by element, by a matrix of rank one of its own,
 *
 * <pre>
 *   in the first stage:  h = backbone([T[t]; words])
 *   then:                h = backbone([P * (u[t] v[t]^T); words])
 * </pre>
 *
 * with {@code u [tokens]} and {@code v [width]}, which begin as ones: all tasks begin with the shared prompt. In the first
 * stage each task learns a full prompt of its own, its teacher {@code T[t] [tokens, width]}; then the teachers stay as they
 * are, and the shared prompt and the matrices learn from the tasks' losses plus
 *
 * <pre>
 *   distillation * mean (h - h_teacher)^2
 * </pre>
 *
 * over the last layer's states of the text's tokens, of the same rows in a second pass with the teachers. The backbone is
 * frozen. A model has no teachers: what is measured on dev rows, kept as the best and served is the shared form. Wang et
 * al. 2023, <i>Multitask Prompt Tuning Enables Parameter-Efficient Transfer Learning</i>, arXiv:2303.02861.
 *
 * <p>Knobs: {@code tokens} (20); {@code init} as {@link TaskPrompt} has it; {@code teachers}, the share of the run in which
 * they are learned (0.4; 0: there are none, and the tasks' losses alone teach); {@code distillation} (0.9). The longest text
 * shrinks by the prompt.
 *
 * <p>In the paper teachers are learned before, in runs of their own; the divergence of the outputs from the teachers' joins
 * the loss too, which here is left to the hidden states that the outputs follow from, since heads go on learning. The
 * prompts' own states are not compared. Dropout drops in both passes. A task that comes to a model later has a teacher as
 * well, where the paper learns from its loss alone. An epoch within the first stage is measured with the shared prompt as
 * it began.
 */
public final class SharedPrompt implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("tokens", 20, 1, 4096, "soft tokens before each text, which shorten the longest text"),
        Prompts.knob(),
        Knob.number(
                "teachers", 0.4, 0, 0.95, "share of the run in which each task learns a full prompt to be taught by"),
        Knob.number("distillation", 0.9, 0, 1000, "weight of the distance to the teachers' hidden states")
    };

    static final String PROMPT = "prompt";
    static final String BY_TOKEN = "by_token";
    static final String BY_COMPONENT = "by_component";

    static final String TEACHER = "teacher";

    private final int tokens;
    private final String init;
    private final Stage teachers;
    private final Stage taught;
    private final double distillation;

    SharedPrompt(Knobs knobs) {
        this.tokens = knobs.whole("tokens");
        this.init = knobs.choice("init");
        this.teachers = new Stage(0, knobs.number("teachers"));
        this.taught = new Stage(teachers.to(), 1);
        this.distillation = knobs.number("distillation");
    }

    @Override
    public boolean freezesBackbone() {
        return true;
    }

    @Override
    public int promptTokens() {
        return tokens;
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Prompts.requireRoom(backbone, tokens);
        return new Weights(Map.of(PROMPT, Prompts.fresh(backbone, start.pretrained(), init, tokens, random)));
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Map<String, Array> own = new LinkedHashMap<>();
        own.put(BY_TOKEN, ones(tokens));
        own.put(BY_COMPONENT, ones(backbone.width()));
        if (!teachers.isEmpty()) {
            own.put(TEACHER, Prompts.fresh(backbone, start.pretrained(), init, tokens, random));
        }
        return new Weights(own);
    }

    @Override
    public Stage learned(String weight) {
        return weight.equals(TEACHER) ? teachers : taught;
    }

    @Override
    public boolean serves(String weight) {
        return !weight.equals(TEACHER);
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        if (weights.learningIn(teachers)) {
            return new Prompted<>(backbone) {
                @Override
                T embeddings(Ops<T> ops) {
                    return weights.own(ops, TEACHER);
                }
            };
        }
        boolean distils = !teachers.isEmpty() && distillation > 0 && weights.learningIn(taught);
        return distils ? new Taught<>(backbone, weights) : new Composed<>(backbone, weights);
    }

    /** One of the prompts before the text; it keeps the last layer's states. */
    private abstract class Prompted<T> implements Sites<T> {
        final Backbone backbone;
        private T last;

        Prompted(Backbone backbone) {
            this.backbone = backbone;
        }

        /** {@code [rows, tokens, width]}. */
        abstract T embeddings(Ops<T> ops);

        @Override
        public Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
            return new Prompt<>(tokens, embeddings(ops));
        }

        @Override
        public T at(Ops<T> ops, String site, T input, T output) {
            if (Layers.numberAtEnd(site) == backbone.layers()) last = output;
            return output;
        }

        /** The last layer's states of the text alone, {@code [rows, text, width]}, as F32. */
        T text(Ops<T> ops) {
            return ops.toFloat(ops.slice(last, 1, tokens, Long.MAX_VALUE));
        }
    }

    /** The shared prompt as each row's task changes it. */
    private class Composed<T> extends Prompted<T> {
        final RowWeights<T> weights;

        Composed(Backbone backbone, RowWeights<T> weights) {
            super(backbone);
            this.weights = weights;
        }

        @Override
        T embeddings(Ops<T> ops) {
            T byToken = ops.reshape(weights.own(ops, BY_TOKEN), 0, tokens, 1);
            T byComponent = ops.reshape(weights.own(ops, BY_COMPONENT), 0, 1, backbone.width());
            T scaled = ops.multiply(weights.shared(ops, PROMPT), byToken);
            return ops.multiply(scaled, byComponent);
        }
    }

    /** That, drawn to the states under the teachers' prompts. */
    private final class Taught<T> extends Composed<T> {
        private T target;
        private T mask;

        Taught(Backbone backbone, RowWeights<T> weights) {
            super(backbone, weights);
        }

        @Override
        public Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
            Prompted<T> teacher = new Prompted<>(backbone) {
                @Override
                T embeddings(Ops<T> ops) {
                    return ops.detached(weights.own(ops, TEACHER));
                }
            };
            // Nothing that this pass reads is learned, unless the project trains the backbone as well.
            backbone.hidden(ops, inputs, teacher);
            target = ops.detached(teacher.text(ops));
            mask = ops.toFloat(inputs.mask());
            return super.prompt(ops, inputs, words);
        }

        @Override
        public T penalty(Ops<T> ops) {
            T difference = ops.subtract(text(ops), target);
            T byToken = ops.mean(ops.multiply(difference, difference), -1, false);
            T mean = ops.divide(ops.total(ops.multiply(byToken, mask)), ops.total(mask));
            return ops.scale(mean, distillation);
        }
    }

    private static Array ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return Array.of(ones);
    }
}
