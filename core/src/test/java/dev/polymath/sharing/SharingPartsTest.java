package dev.polymath.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.model.Sites;
import dev.polymath.project.PartSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharingPartsTest {
    @Test
    void hardSharingHasNoWeightsAndChangesNothing() {
        Sharing hard = SharingParts.of(new PartSpec("hard", Map.of()));
        assertThat(hard.shared(null, null).names()).isEmpty();
        assertThat(hard.own(null, "task", null).names()).isEmpty();
        Sites<String> sites = hard.sites(null, null);
        assertThat(sites.at(null, "layer.0.ffn.out", "input", "output")).isEqualTo("output");
        assertThat(sites.prompt(null, null, "words").tokens()).isZero();
    }

    @Test
    void anUnknownPartOrKnobIsNamed() {
        assertThatThrownBy(() -> SharingParts.of(new PartSpec("harder", Map.of())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'harder'")
                .hasMessageContaining("did you mean 'hard'?");
        assertThatThrownBy(() -> SharingParts.of(new PartSpec("hard", Map.of("rank", 8))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no knob 'rank'");
    }

    @Test
    void everyPartHasALineInTheCatalogue() {
        assertThat(SharingParts.CATALOGUE.parts()).isNotEmpty().allSatisfy(part -> {
            assertThat(part.summary()).isNotBlank().doesNotContain("\n");
            assertThat(part.paper()).matches(".*\\d{4}.*");
        });
    }
}
