package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Fixture;
import dev.polymath.model.Pretrained;
import dev.polymath.weights.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A low-rank update that begins as components of the backbone's weights, here any. */
class OrientedLoraTest {
    private static final Map<String, Object> KNOBS =
            Map.of("rank", 3, "alpha", 2, "init", "corda", "sites", Projections.NAMES);

    private final SharingGroup group = Given.group("lora", KNOBS, "a", "b");

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void aFreshOneChangesNothing(Fixture fixture) {
        Pretrained pretrained = Given.pretrained(fixture);
        Weights fresh = fresh(pretrained);
        assertThat(fresh.names())
                .allSatisfy(name -> assertThat(fresh.get(name).norm()).as(name).isPositive());
        assertThat(Given.states(pretrained, group, fresh, Given.texts(pretrained), 0, 1, 1, 0, 1))
                .containsExactly(Given.plain(pretrained, Given.texts(pretrained)), within(1e-5f));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void foldedIntoTheWeightsItGivesWhatItGivesBesideThem(Fixture fixture) {
        Pretrained pretrained = Given.pretrained(fixture);
        Weights weights = Given.normal(fresh(pretrained), 0.1);
        float[] beside = Given.states(pretrained, group, weights, Given.texts(pretrained), 1, 1, 1, 1, 1);
        Lora lora = (Lora) group.part();
        Weights folded = lora.folded(pretrained.backbone(), pretrained.weights(), group.own(weights, "b"));
        assertThat(Given.plain(pretrained, folded, Given.texts(pretrained))).containsExactly(beside, within(1e-5f));
        assertThat(Given.plain(pretrained, Given.texts(pretrained))).isNotEqualTo(beside);
    }

    @Test
    void whatIsStoredIsAPlainUpdateOfTwiceTheRank() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        Backbone backbone = bert.backbone();
        Sharing lora = group.part();
        Weights weights = Given.normal(fresh(bert), 0.1);
        Weights stored = lora.stored(backbone, group.own(weights, "a"));
        assertThat(lora.restored(backbone, stored)).isEqualTo(group.own(weights, "a"));
        assertThat(lora.peftConfig(backbone)).containsEntry("r", 6).containsEntry("lora_alpha", 4.0);

        TrainedPart read = PeftLoraReader.read(lora.peftConfig(backbone), stored, backbone);
        assertThat(read.spec().knobs()).containsEntry("rank", 6).doesNotContainKey("init");
        SharingGroup plain = Given.group("lora", read.spec().knobs(), "a");
        float[] expected = Given.states(bert, group, weights, Given.texts(bert), 0, 0, 0, 0, 0);
        assertThat(Given.states(bert, plain, plain.stacked(List.of(read.own())), Given.texts(bert), 0, 0, 0, 0, 0))
                .containsExactly(expected, within(1e-5f));
    }

    @Test
    void whereQueriesAreInALargerWeightItIsStoredUnderOurNames() {
        Pretrained modern = Given.pretrained(new Fixture("modernbert"));
        Weights own = group.own(fresh(modern), "a");
        assertThat(group.part().stored(modern.backbone(), own)).isEqualTo(own);
        assertThat(group.part().restored(modern.backbone(), own)).isEqualTo(own);
    }

    @Test
    void itsScaleTimesTheFactorsProductIsTheComponent() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        String site = "layer.0.attention.key";
        Factors component = components(bert).get("a").get(site);
        Weights own = group.own(fresh(bert), "a");
        assertThat(own.get(site + ".from.down")).isEqualTo(own.get(site + ".down"));
        assertThat(own.get(site + ".from.up")).isEqualTo(own.get(site + ".up"));
        double expected = product(component.down().floats(), component.up().floats());
        double found =
                product(own.get(site + ".down").floats(), own.get(site + ".up").floats());
        assertThat(2.0 / 3 * found).isCloseTo(expected, within(1e-5));
    }

    /** From input 2 to output 5. */
    private static double product(float[] down, float[] up) {
        double product = 0;
        for (int r = 0; r < 3; r++) product += down[2 * 3 + r] * up[r * 32 + 5];
        return product;
    }

    @Test
    void whatItBeganWithIsNeverLearned() {
        Weights own = group.own(fresh(Given.pretrained(new Fixture("bert"))), "a");
        for (String name : own.names()) {
            assertThat(group.part().learned(name))
                    .as(name)
                    .isEqualTo(name.contains(".from.") ? Stage.NEVER : Stage.ALWAYS);
        }
        assertThat(own.names()).hasSize(2 * Projections.NAMES.size() * 4);
    }

    @Test
    void moreRankThanAProjectionHasIsRefused() {
        Pretrained bert = Given.pretrained(new Fixture("bert"));
        Sharing part =
                Given.group("lora", Map.of("init", "corda", "rank", 33), "a").part();
        assertThatThrownBy(() -> part.check(bert.backbone(), List.of("a")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("rank is 33")
                .hasMessageContaining("layer.0.attention.query has 32 components");
        Given.group("lora", Map.of("rank", 33), "a").part().check(bert.backbone(), List.of("a"));
    }

    private Weights fresh(Pretrained pretrained) {
        Start start = new Start(pretrained.backbone(), pretrained.weights(), group.tasks(), components(pretrained));
        return group.initial(start, new SplittableRandom(1));
    }

    private Map<String, Map<String, Factors>> components(Pretrained pretrained) {
        SplittableRandom random = new SplittableRandom(2);
        Map<String, Map<String, Factors>> components = new LinkedHashMap<>();
        for (String task : group.tasks()) {
            Map<String, Factors> own = new LinkedHashMap<>();
            group.part().orientation(pretrained.backbone()).projections().forEach((site, projection) -> {
                own.put(
                        site,
                        new Factors(
                                Initial.normal(0.2, random, projection.in(), 3),
                                Initial.normal(0.2, random, 3, projection.out())));
            });
            components.put(task, own);
        }
        return components;
    }
}
