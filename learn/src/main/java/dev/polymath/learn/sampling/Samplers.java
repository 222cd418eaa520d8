package dev.polymath.learn.sampling;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;

/** The samplers there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Samplers {
    public static final Catalogue<Sampler.Kind> CATALOGUE = new Catalogue<>(
            "sampling",
            Part.of("proportional", "each row as often as any other", "", knobs -> () -> new TemperatureSampler(1)),
            Part.of(
                    "uniform",
                    "each task as often as any other",
                    "",
                    knobs -> () -> new TemperatureSampler(Double.POSITIVE_INFINITY)),
            Part.of(
                    "temperature",
                    "each task by its number of rows to the power 1 / temperature",
                    "Arivazhagan et al. 2019, Massively Multilingual Neural Machine Translation in the Wild",
                    knobs -> {
                        double temperature = knobs.number("temperature");
                        return () -> new TemperatureSampler(temperature);
                    },
                    Knob.number("temperature", 2, 1, 1e6, "1 is proportional; the higher, the more uniform")));

    private Samplers() {}

    /** @throws dev.polymath.InputException if there is no such sampler, or a knob is unknown or out of range */
    public static Sampler.Kind of(PartSpec spec) {
        return CATALOGUE.make(spec);
    }
}
