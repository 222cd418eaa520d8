package dev.polymath.project;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads the {@code train} section of a project, and holds its defaults. */
final class TrainReader {
    /** The heads' rate where only the backbone's is given, as a multiple of it. */
    static final double HEAD_RATE = 10;

    /** The keys of the section. */
    static final Set<String> KEYS = new TreeSet<>(Set.of(
            "epochs",
            "batch_tokens",
            "learning_rate",
            "head_learning_rate",
            "sharing_learning_rate",
            "backbone",
            "warmup",
            "weight_decay",
            "clip",
            "dropout",
            "max_tokens",
            "max_rows",
            "precision",
            "seed"));

    private TrainReader() {}

    /** What stands for an absent section. */
    static Yaml.Mapping absent() {
        return new Yaml.Mapping(new Place(Path.of(""), 0, null), Map.of());
    }

    /** The section with defaults for what it does not give. */
    static TrainSpec read(Yaml.Mapping section, List<Problem> problems) {
        return spec(new Fields(section, "train", KEYS, problems));
    }

    /** The section {@code single}: {@code train} with other values; the seed is the same, so that runs can be paired. */
    static TrainSpec read(Yaml.Mapping train, Yaml.Mapping single, List<Problem> problems) {
        Set<String> keys = new TreeSet<>(KEYS);
        keys.remove("seed");
        spec(new Fields(single, "single", keys, problems));
        Yaml.Mapping merged = train;
        for (String key : single.keys()) if (keys.contains(key)) merged = merged.with(key, single.get(key));
        return spec(new Fields(merged, "single", KEYS, new ArrayList<>()));
    }

    private static TrainSpec spec(Fields fields) {
        double rate = rate(fields, "learning_rate", 1e-4);
        return new TrainSpec(
                fields.number("epochs", 3, value -> value > 0, "above 0"),
                (int) fields.whole("batch_tokens", 4096, 16, Integer.MAX_VALUE),
                rate,
                rate(fields, "head_learning_rate", rate * HEAD_RATE),
                rate(fields, "sharing_learning_rate", rate * HEAD_RATE),
                fields.constant("backbone", TrainSpec.Learns.AUTO),
                fields.number("warmup", 0.06, value -> value >= 0 && value <= 1, "from 0 to 1"),
                fields.number("weight_decay", 0.01, value -> value >= 0, "of 0 or more"),
                fields.number("clip", 1, value -> value >= 0, "of 0 or more"),
                fields.number("dropout", 0, value -> value >= 0 && value < 1, "from 0 to less than 1"),
                (int) fields.whole("max_tokens", 256, 4, Integer.MAX_VALUE),
                (int) fields.whole("max_rows", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
                fields.constant("precision", TrainSpec.Precision.AUTO),
                fields.whole("seed", 13, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static double rate(Fields fields, String key, double absent) {
        return fields.number(key, absent, value -> value > 0 && value < 1, "above 0 and below 1");
    }
}
