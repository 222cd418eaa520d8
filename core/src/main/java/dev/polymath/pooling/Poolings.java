package dev.polymath.pooling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import dev.polymath.project.TaskSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The ways of pooling there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Poolings {
    /** A task's key in the project file, and in what a model keeps of a task. */
    public static final String KEY = "pooling";

    /** The standard. */
    public static final Pooling MEAN = LastLayerPooling.MEAN;

    public static final Catalogue<Pooling> CATALOGUE = new Catalogue<>(
            KEY,
            Part.of(
                    "mean",
                    "the mean of the tokens' states",
                    "Reimers and Gurevych 2019, arXiv:1908.10084",
                    knobs -> LastLayerPooling.MEAN),
            Part.of(
                    "cls",
                    "the state of the first token",
                    "Devlin et al. 2019, arXiv:1810.04805",
                    knobs -> LastLayerPooling.CLS),
            Part.of(
                    "max",
                    "the largest value of each dimension",
                    "Reimers and Gurevych 2019, arXiv:1908.10084",
                    knobs -> LastLayerPooling.MAX),
            Part.of(
                    "weighted",
                    "the mean in which the i-th token counts i times",
                    "Muennighoff 2022, SGPT, arXiv:2202.08904",
                    knobs -> LastLayerPooling.WEIGHTED),
            Part.of(
                    AttentionPooling.NAME,
                    "a mean whose weights the task learns, over one layer or several",
                    "Lin et al. 2017, arXiv:1703.03130",
                    AttentionPooling::new,
                    AttentionPooling.KNOBS),
            Part.of(
                    FirstLast.NAME,
                    "the mean of the first layer's and the last layer's states",
                    "Huang et al. 2021, WhiteningBERT, arXiv:2104.01767",
                    knobs -> new FirstLast()),
            Part.of(
                    DiagonalAttention.NAME,
                    "a token counts as much as it attends to itself in one head",
                    "Chen et al. 2023, Ditto, arXiv:2305.10786",
                    DiagonalAttention::new,
                    DiagonalAttention.KNOBS),
            Part.of(
                    Whitening.NAME,
                    "a mean that is turned and stretched until the training texts' vectors have covariance 1",
                    "Huang et al. 2021, WhiteningBERT, arXiv:2104.01767",
                    Whitening::new,
                    Whitening.KNOBS));

    private static final ObjectMapper JSON = new ObjectMapper();

    private Poolings() {}

    /** @throws dev.polymath.InputException if there is no such way, or a knob is unknown or out of range */
    public static Pooling of(TaskSpec spec) {
        return CATALOGUE.make(spec.part(KEY, "mean"));
    }

    /** Puts it into what a model keeps of a task: a name, or an object with its knobs. */
    public static void keep(Pooling pooling, ObjectNode state) {
        PartSpec part = pooling.part();
        if (part.knobs().isEmpty()) {
            state.put(KEY, part.type());
            return;
        }
        ObjectNode json = state.putObject(KEY).put("type", part.type());
        new TreeMap<>(part.knobs()).forEach((knob, value) -> json.set(knob, JSON.valueToTree(value)));
    }

    /** What {@link #keep} put there. */
    public static Pooling restored(ObjectNode state) {
        JsonNode kept = state.get(KEY);
        if (kept.isTextual()) return CATALOGUE.make(new PartSpec(kept.asText(), Map.of()));
        Map<String, Object> knobs = new LinkedHashMap<>();
        kept.properties().forEach(knob -> {
            if (!knob.getKey().equals("type"))
                knobs.put(knob.getKey(), JSON.convertValue(knob.getValue(), Object.class));
        });
        return CATALOGUE.make(new PartSpec(kept.get("type").asText(), knobs));
    }
}
