package dev.polymath.learn.sampling;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.Part;
import dev.polymath.project.PartSpec;
import java.util.List;
import java.util.Locale;

/** The samplers there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Samplers {
    private static final Knob TEMPERATURE = temperature(1);

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
                    temperature(2)),
            Part.of(
                    "annealed",
                    "from proportional towards uniform as learning goes on",
                    "Stickland and Murray 2019, BERT and PALs, arXiv:1902.02671",
                    knobs -> {
                        double end = knobs.number("end");
                        return () -> new AnnealedSampler(end);
                    },
                    Knob.number("end", 0.2, 0, 1, "the exponent of the number of rows at the end; it begins at 1")),
            Part.of(
                    "anti-curriculum",
                    "the hardest tasks alone, then all together",
                    "McCann et al. 2018, The Natural Language Decathlon, arXiv:1806.08730",
                    knobs -> new AntiCurriculumSampler(
                            knobs.texts("first"), knobs.number("share"), knobs.number("temperature")),
                    Knob.texts("first", "the tasks of the first phase; else the one with the longest rows on average"),
                    Knob.number("share", 0.3, 0, 1, "the first phase's share of the run"),
                    TEMPERATURE),
            Part.of(
                    "dynamic",
                    "after each epoch, more of the task that is furthest from its score when learned alone",
                    "Jean et al. 2019, Adaptive Scheduling for Multi-Task Learning, arXiv:1909.06434",
                    knobs -> new DynamicSampler(
                            knobs.byTask("scores"),
                            knobs.number("strength"),
                            knobs.number("floor"),
                            knobs.number("temperature")),
                    Knob.byTask(
                            "scores", 0.001, 1, "each task's dev score when learned alone; every task's must be given"),
                    Knob.number("strength", 1, 0, 100, "the power of what is reached of that score"),
                    Knob.number("floor", 0.05, 0.001, 100, "added to it; the higher, the less tasks differ"),
                    TEMPERATURE),
            Part.of(
                    "curriculum",
                    "the easiest rows of each task first",
                    "Platanios et al. 2019, Competence-based Curriculum Learning, arXiv:1903.09848",
                    Samplers::curriculum,
                    Knob.choice(
                            "difficulty",
                            "length",
                            List.of("length", "loss"),
                            "what makes a row hard: its tokens, or" + " its loss under a small model"),
                    Knob.number("start", 0.1, 0.001, 1, "the share of rows that the run begins with"),
                    Knob.number("until", 0.5, 0.01, 1, "the share of the run after which all rows are there"),
                    TEMPERATURE));

    private Samplers() {}

    /** @throws dev.polymath.InputException if there is no such sampler, or a knob is unknown or out of range */
    public static Sampler.Kind of(PartSpec spec) {
        return CATALOGUE.make(spec);
    }

    private static Knob temperature(double standard) {
        return Knob.number("temperature", standard, 1, 1e6, "1 is proportional; the higher, the more uniform");
    }

    private static Sampler.Kind curriculum(Knobs knobs) {
        String name = knobs.choice("difficulty").toUpperCase(Locale.ROOT);
        CurriculumSampler sampler = new CurriculumSampler(
                Sampler.Difficulty.valueOf(name),
                knobs.number("start"),
                knobs.number("until"),
                knobs.number("temperature"));
        return () -> sampler;
    }
}
