package dev.polymath.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polymath.model.Fixture;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WordsTest {
    @Example
    void aRunOfLettersMarksAndDigitsIsAWordAndSoIsEveryOtherSign() {
        assertThat(words("Mr. O'Neil paid 12.50€ (cafe\u0301)!"))
                .containsExactly(
                        "Mr", ".", "O", "'", "Neil", "paid", "12", ".", "50", "€", "(", "cafe\u0301", ")", "!");
        assertThat(words("नमस्ते दुनिया")).containsExactly("नमस्ते", "दुनिया");
        assertThat(words("a\u00a0b\u3000c\n")).containsExactly("a", "b", "c");
        assertThat(words("👍🏽𝒳y")).containsExactly("👍", "🏽", "𝒳y");
        assertThat(words("x\ud83d\0")).containsExactly("x", "\ud83d", "\0");
        assertThat(words("")).isEmpty();
    }

    @Property(tries = 300)
    void wordsStandInOrderAndLeaveOutNothingButSpace(@ForAll("texts") String text) {
        Words words = Words.of(text);
        StringBuilder left = new StringBuilder();
        int last = 0;
        for (int i = 0; i < words.count(); i++) {
            assertThat(words.starts()[i]).isGreaterThanOrEqualTo(last);
            assertThat(words.ends()[i]).isGreaterThan(words.starts()[i]);
            left.append(text, last, words.starts()[i]);
            last = words.ends()[i];
        }
        left.append(text.substring(last));
        assertThat(left.chars().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c)))
                .isTrue();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "a", "Z", "9", " ", "\u00a0", "\n", ".", "'", "é", "\u0301", "👍", "\ud83d", "\udc4d", "漢",
                        "\0")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    @Example
    void aSpanBelongsToTheFirstTokenThatOverlapsIt() {
        Encoding encoding = new Encoding(
                new int[8],
                new int[8],
                new int[] {-1, 0, 2, 4, 4, 6, 8, -1},
                new int[] {-1, 2, 4, 4, 6, 8, 9, -1},
                true);
        int[] starts = {0, 3, 4, 5, 8, 9, 2};
        int[] ends = {2, 5, 6, 8, 9, 12, 3};
        // Token 3 covers nothing; the characters from 9 on were cut off.
        assertThat(Words.firstTokens(encoding, starts, ends, 0)).containsExactly(1, 2, 4, 4, 6, -1, 2);
        assertThat(Words.firstTokens(encoding, starts, ends, 1)).containsOnly(-1);
    }

    @Example
    void spansOfASecondTextFindItsOwnTokens() {
        for (Fixture fixture : Fixture.all()) {
            try (Tokenizer tokenizer = new Tokenizer(fixture.bytes("tokenizer.json"))) {
                String second = "the 👍 dogs wait";
                Words words = Words.of(second);
                for (String first : List.of("Cats sleep.", "")) {
                    Encoding encoding = tokenizer.encode(first, second, 40);
                    int[] tokens = Words.firstTokens(encoding, words.starts(), words.ends(), 1);
                    for (int i = 0; i < tokens.length; i++) {
                        assertThat(encoding.starts()[tokens[i]]).isBetween(words.starts()[i] - 1, words.starts()[i]);
                        if (i > 0) assertThat(tokens[i]).isGreaterThan(tokens[i - 1]);
                    }
                    assertThat(Words.firstTokens(encoding, words.starts(), words.ends(), 0)[3])
                            .isEqualTo(-1);
                }
            }
        }
    }

    private static List<String> words(String text) {
        Words words = Words.of(text);
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < words.count(); i++) strings.add(text.substring(words.starts()[i], words.ends()[i]));
        return strings;
    }
}
