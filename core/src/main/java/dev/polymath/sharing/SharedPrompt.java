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
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Multitask prompt tuning: the tasks share soft tokens {@code P [tokens, width]}, and each task {@code t} changes them,
 * element by element, by a matrix of rank one of its own,
 *
 * <pre>
 *   h = backbone([P * (u[t] v[t]^T); words])
 * </pre>
 *
 * with {@code u [tokens]} and {@code v [width]}, which begin as ones: all tasks begin with the shared prompt. The backbone
 * is frozen. Knobs: {@code tokens} (20) and {@code init} as {@link TaskPrompt} has them. The longest text shrinks by the
 * prompt. Wang et al. 2023, <i>Multitask Prompt Tuning Enables Parameter-Efficient Transfer Learning</i>,
 * arXiv:2303.02861.
 *
 * <p>The mechanism without its teacher: the paper first learns a prompt for each task alone and then also draws the shared
 * ones' hidden states and outputs to those of the single-task prompts, which it found to be worth some of the gain. Here the
 * prompts learn from the tasks' losses alone.
 */
public final class SharedPrompt implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("tokens", 20, 1, 4096, "soft tokens before each text, which shorten the longest text"),
        Prompts.knob()
    };

    static final String PROMPT = "prompt";
    static final String BY_TOKEN = "by_token";
    static final String BY_COMPONENT = "by_component";

    private final int tokens;
    private final String init;

    SharedPrompt(Knobs knobs) {
        this.tokens = knobs.whole("tokens");
        this.init = knobs.choice("init");
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
        return new Weights(Map.of(BY_TOKEN, ones(tokens), BY_COMPONENT, ones(backbone.width())));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new PromptSites<>() {
            @Override
            public Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
                T byToken = ops.reshape(weights.own(ops, BY_TOKEN), 0, tokens, 1);
                T byComponent = ops.reshape(weights.own(ops, BY_COMPONENT), 0, 1, backbone.width());
                T scaled = ops.multiply(weights.shared(ops, PROMPT), byToken);
                return new Prompt<>(tokens, ops.multiply(scaled, byComponent));
            }
        };
    }

    private static Array ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return Array.of(ones);
    }
}
