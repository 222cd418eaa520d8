package dev.polymath.learn.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import dev.polymath.project.Assignment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariationTest {
    @Test
    void commasSeparateValues() {
        assertThat(Variation.parse("balance=equal, gradnorm"))
                .isEqualTo(new Variation("balance", List.of("equal", "gradnorm")));
    }

    @Test
    void commasInBracesBracketsAndQuotesDoNot() {
        assertThat(Variation.parse("balance={type: gradnorm, alpha: 1},{type: fixed, weights: {a: 1, b: [2, 3]}}")
                        .values())
                .containsExactly("{type: gradnorm, alpha: 1}", "{type: fixed, weights: {a: 1, b: [2, 3]}}");
        assertThat(Variation.parse("habits=[],[gradient-noise, early-stopping],gradient-noise")
                        .values())
                .containsExactly("[]", "[gradient-noise, early-stopping]", "gradient-noise");
        assertThat(Variation.parse("x=\"a, \\\"b\",'it''s, so',don't,[\"}\", 1]")
                        .values())
                .containsExactly("\"a, \\\"b\"", "'it''s, so'", "don't", "[\"}\", 1]");
    }

    @Test
    void onlyTheFirstEqualsSignSeparatesTheKey() {
        assertThat(Variation.parse("tasks.a.separator==,;").values()).containsExactly("=", ";");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            textBlock =
                    """
                    balance                # write key=value,value
                    =equal                 # write key=value,value
                    balance=equal,,rlw     # a value is empty
                    balance=               # a value is empty
                    balance={type: rlw     # '}' is missing
                    balance=[a}            # '}' closes nothing
                    balance=a]             # ']' closes nothing
                    balance="a,b           # the quote " is not closed
                    balance=rlw,equal,rlw  # names rlw twice
                    train.seed=1,2         # train.seed is no variation
                    """)
    void whatIsNoVariationIsRefused(String argument, String says) {
        assertThatThrownBy(() -> Variation.parse(argument))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--vary " + argument + ": ")
                .hasMessageContaining(says);
    }

    @Test
    void aGridHasAllCombinationsInOrder() {
        List<Variant> variants =
                Grid.of(List.of(Variation.parse("balance=equal,rlw"), Variation.parse("habits=[],[gradient-noise]")));
        assertThat(variants)
                .extracting(Variant::name)
                .containsExactly(
                        "balance=equal, habits=[]",
                        "balance=equal, habits=[gradient-noise]",
                        "balance=rlw, habits=[]",
                        "balance=rlw, habits=[gradient-noise]");
        assertThat(variants.get(2).settings())
                .containsExactly(new Assignment("balance", "rlw"), new Assignment("habits", "[]"));
    }

    @Test
    void aKeyVariesOnce() {
        assertThatThrownBy(() -> Grid.of(List.of(Variation.parse("balance=equal"), Variation.parse("balance=rlw"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("two variations are of balance");
    }

    @Test
    void withoutVariationsTheProjectIsAsItIs() {
        assertThat(Grid.of(List.of())).containsExactly(new Variant("as it is", List.of()));
    }
}
