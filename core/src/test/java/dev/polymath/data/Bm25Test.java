package dev.polymath.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Bm25Test {
    @Test
    void scoresByHand() {
        Bm25 search = new Bm25(List.of(
                Passage.of("a", "Red kettle", "red"),
                Passage.of("b", "", "a blue kettle in a box"),
                Passage.of("c", "", "nothing")));
        // Lengths 3, 6 and 1, the mean 10 / 3; 'red' is in one passage of three, 'kettle' in two.
        double red = Math.log(1 + 2.5 / 1.5);
        double kettle = Math.log(1 + 1.5 / 2.5);
        double a = 0.9 * (0.6 + 0.4 * 3 / (10 / 3.0));
        double b = 0.9 * (0.6 + 0.4 * 6 / (10 / 3.0));
        List<Scored> found = search.search("RED, red kettle?", 10);
        assertThat(found).extracting(Scored::id).containsExactly("a", "b");
        assertThat(found.get(0).score()).isCloseTo(2 * red * 2 / (2 + a) + kettle / (1 + a), within(1e-12));
        assertThat(found.get(1).score()).isCloseTo(kettle / (1 + b), within(1e-12));
        assertThat(search.search("red kettle", 1)).extracting(Scored::id).containsExactly("a");
        assertThat(search.search("green?", 10)).isEmpty();
        assertThat(search.search("", 10)).isEmpty();
        assertThatThrownBy(() -> search.search("red", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wordsAreLettersAndDigitsWithTheirMarksInLowerCase() {
        assertThat(Bm25.words("It's 3.5 GHz--ÄÖ_x! 漢字, \ud835\udc00b e\u0301t\u00e9 \u0915\u093f"))
                .containsExactly(
                        "it",
                        "s",
                        "3",
                        "5",
                        "ghz",
                        "\u00e4\u00f6",
                        "x",
                        "\u6f22\u5b57",
                        "\ud835\udc00b",
                        "e\u0301t\u00e9",
                        "\u0915\u093f");
        assertThat(Bm25.words(" \u0301 .")).isEmpty();
    }

    @Test
    void theBestOfManyAreThoseOfAllSorted() {
        Random random = new Random(3);
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(6); j >= 0; j--)
                text.append((char) ('a' + random.nextInt(8))).append(' ');
            passages.add(Passage.of("p" + i, "", text.toString()));
        }
        Bm25 search = new Bm25(passages);
        for (String query : List.of("a", "a b c", "h h g", "z a")) {
            List<Scored> all = search.search(query, 1000);
            assertThat(all).isSortedAccordingTo(Scored.BEST_FIRST).doesNotHaveDuplicates();
            for (int top : List.of(1, 2, 10, 99)) {
                assertThat(search.search(query, top)).isEqualTo(all.subList(0, Math.min(top, all.size())));
            }
        }
    }

    @Test
    void nothingIsFoundAmongNothing() {
        assertThat(new Bm25(List.of()).search("a", 10)).isEmpty();
        assertThat(new Bm25(List.of(Passage.of("a", "", ""))).search("a", 10)).isEmpty();
    }
}
