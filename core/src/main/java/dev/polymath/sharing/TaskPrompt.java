package dev.polymath.sharing;

import dev.polymath.InputException;
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
 * Prompt tuning: each task {@code t} puts soft tokens of its own, {@code P[t] [tokens, width]}, before the words of the
 * text, ahead of positions and norms, on a frozen backbone:
 *
 * <pre>
 *   h = backbone([P[t]; words])
 * </pre>
 *
 * Knobs: {@code tokens} (20); {@code init}, {@code vocabulary} (embeddings of words drawn at random, which Lester et al.
 * found better) or {@code random} (uniform within 0.5 of 0). The longest text shrinks by the prompt. Lester, Al-Rfou and
 * Constant 2021, <i>The Power of Scale for Parameter-Efficient Prompt Tuning</i>, arXiv:2104.08691.
 *
 * <p>They draw from the 5,000 commonest words; here all of the vocabulary is drawn from, as peft does, since a tokenizer does
 * not say what is common. Stored as peft's {@code PROMPT_TUNING}, whose models for labels give the same states. Its plain
 * {@code FEATURE_EXTRACTION} form leaves segments out, so that the second text of a pair differs there where the backbone
 * has segments.
 */
public final class TaskPrompt implements Sharing {
    static final Knob[] KNOBS = {
        Knob.whole("tokens", 20, 1, 4096, "soft tokens before each text, which shorten the longest text"),
        Prompts.knob()
    };

    static final String WEIGHT = "prompt";

    /** peft's name for it. */
    static final String STORED = "prompt_embeddings";

    private final int tokens;
    private final String init;

    TaskPrompt(Knobs knobs) {
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
    public Weights own(Start start, String task, SplittableRandom random) {
        Backbone backbone = start.backbone();
        Prompts.requireRoom(backbone, tokens);
        return new Weights(Map.of(WEIGHT, Prompts.fresh(backbone, start.pretrained(), init, tokens, random)));
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new PromptSites<>() {
            @Override
            public Prompt<T> prompt(Ops<T> ops, Inputs<T> inputs, T words) {
                return new Prompt<>(tokens, weights.own(ops, WEIGHT));
            }
        };
    }

    @Override
    public Weights stored(Backbone backbone, Weights own) {
        return new Weights(Map.of(STORED, own.get(WEIGHT)));
    }

    /** @throws InputException if it is no prompt of so many tokens for this backbone */
    @Override
    public Weights restored(Backbone backbone, Weights stored) {
        if (!stored.has(STORED)) {
            throw new InputException("the adapter is no prompt: it has no '" + STORED + "' but " + stored.names());
        }
        Array prompt = stored.get(STORED);
        if (!Arrays.equals(prompt.shape(), new long[] {tokens, backbone.width()})) {
            throw new InputException("the adapter's prompt has the shape " + Arrays.toString(prompt.shape())
                    + " and not that of " + tokens + " tokens of width " + backbone.width());
        }
        return new Weights(Map.of(WEIGHT, Array.of(prompt.floats(), prompt.shape())));
    }

    @Override
    public Map<String, Object> peftConfig(Backbone backbone) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "PROMPT_TUNING");
        config.put("task_type", "FEATURE_EXTRACTION");
        config.put("inference_mode", true);
        config.put("num_virtual_tokens", tokens);
        config.put("token_dim", backbone.width());
        config.put("num_layers", backbone.layers());
        config.put("num_attention_heads", backbone.heads());
        config.put("num_transformer_submodules", 1);
        config.put("prompt_tuning_init", init.equals(Prompts.RANDOM) ? "RANDOM" : "SAMPLE_VOCAB");
        return config;
    }
}
