package dev.polymath.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.model.Fixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerTest {
    private static final int ALL = 1_000_000;

    static Stream<Fixture> fixtures() {
        return Fixture.all().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void givesTheTokensSegmentsAndOffsetsOfTransformers(Fixture fixture) {
        try (Tokenizer tokenizer = new Tokenizer(fixture.bytes("tokenizer.json"))) {
            for (JsonNode example : fixture.cases()) {
                for (int row = 0; row < example.get("texts").size(); row++) {
                    JsonNode texts = example.get("texts").get(row);
                    Encoding encoding = tokenizer.encode(
                            texts.get(0).textValue(),
                            texts.size() > 1 ? texts.get(1).textValue() : null,
                            fixture.maxTokens());
                    assertEqual(encoding, example, row, tokenizer.padId());
                }
            }
        }
    }

    private static void assertEqual(Encoding encoding, JsonNode example, int row, int padId) {
        String what = example.get("name").textValue() + " " + row;
        int length =
                IntStream.of(numbers(example.get("attention_mask").get(row))).sum();
        int[] ids = numbers(example.get("input_ids").get(row));
        assertThat(encoding.ids()).as(what).isEqualTo(Arrays.copyOf(ids, length));
        assertThat(Arrays.stream(ids, length, ids.length)).allMatch(id -> id == padId);
        if (example.has("token_type_ids")) {
            int[] types = numbers(example.get("token_type_ids").get(row));
            assertThat(encoding.types()).as(what).isEqualTo(Arrays.copyOf(types, length));
        }
        for (int token = 0; token < length; token++) {
            JsonNode expected = example.get("offsets").get(row).get(token);
            int start = encoding.starts()[token];
            int end = encoding.ends()[token];
            // The reference has [0, 0] for special tokens.
            int[] offsets = start < 0 ? new int[] {0, 0} : new int[] {start, end};
            assertThat(offsets).as(what + " token " + token).isEqualTo(numbers(expected));
        }
        assertThat(encoding.truncated())
                .isEqualTo(example.get("name").textValue().startsWith("long"));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void aBatchGivesWhatItsTextsGiveOneByOne(Fixture fixture) {
        List<String> texts = List.of("", "Water", "The 👍🏽 train", "x ".repeat(900), "cafe\u0301 ".repeat(400));
        List<String> others = List.of("boils", "", "y ".repeat(900), "leaves", "at seven ".repeat(400));
        try (Tokenizer tokenizer = new Tokenizer(fixture.bytes("tokenizer.json"))) {
            List<Encoding> single = tokenizer.encodeAll(texts, 20);
            List<Encoding> paired = tokenizer.encodeAll(texts, others, 20);
            for (int i = 0; i < texts.size(); i++) {
                assertSame(single.get(i), tokenizer.encode(texts.get(i), null, 20));
                assertSame(paired.get(i), tokenizer.encode(texts.get(i), others.get(i), 20));
            }
        }
    }

    /** The definition of the strategy, for texts of which no more than the limit is looked at. */
    @Test
    void cutsTheLongerTextFirst() {
        try (Tokenizer tokenizer = new Tokenizer(new Fixture("bert").bytes("tokenizer.json"))) {
            for (int first = 0; first < 9; first++) {
                for (int second = 0; second < 9; second++) {
                    for (int most = 3; most < 20; most++) {
                        Encoding encoding = tokenizer.encode("a ".repeat(first), "b ".repeat(second), most);
                        int[] kept = cutByHand(Math.min(first, most), Math.min(second, most), most - 3);
                        int firstKept = (int) Arrays.stream(encoding.types())
                                        .filter(t -> t == 0)
                                        .count()
                                - 2;
                        int secondKept = (int) Arrays.stream(encoding.types())
                                        .filter(t -> t == 1)
                                        .count()
                                - 1;
                        assertThat(new int[] {firstKept, secondKept})
                                .as("%d and %d tokens in %d", first, second, most)
                                .isEqualTo(kept);
                        assertThat(encoding.truncated()).isEqualTo(first + second + 3 > most);
                    }
                }
            }
            assertThatThrownBy(() -> tokenizer.encode("a", "b", 2)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static int[] cutByHand(int first, int second, int most) {
        boolean secondWasLonger = second >= first;
        while (first + second > most) {
            if (first > second) {
                first--;
            } else if (second > first) {
                second--;
            } else if (secondWasLonger) {
                first--;
            } else {
                second--;
            }
        }
        return new int[] {first, second};
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void readsAnyStringAsAText(Fixture fixture) {
        List<String> texts = List.of(
                "",
                " ",
                "\0",
                "a\0b",
                "\ud83d",
                "\udc4d\ud83d",
                "a\ud83d b",
                "\u200b\u200d",
                "\r\n",
                "\ufeffa",
                "\udbff\udfff");
        try (Tokenizer tokenizer = new Tokenizer(fixture.bytes("tokenizer.json"))) {
            for (String text : texts) {
                for (Encoding encoding : List.of(tokenizer.encode(text, null, 40), tokenizer.encode("x", text, 40))) {
                    for (int i = 0; i < encoding.length(); i++) {
                        assertThat(encoding.ends()[i]).isLessThanOrEqualTo(Math.max(1, text.length()));
                        assertThat(encoding.starts()[i]).isLessThanOrEqualTo(encoding.ends()[i]);
                    }
                }
            }
        }
    }

    @Test
    void offsetsCountUtf16UnitsAfterANulAndALoneSurrogate() {
        try (Tokenizer tokenizer = new Tokenizer(new Fixture("bert").bytes("tokenizer.json"))) {
            String text = "a\0 \ud83d 👍 the";
            Encoding encoding = tokenizer.encode(text, null, 40);
            int last = encoding.length() - 2;
            assertThat(text.substring(encoding.starts()[last], encoding.ends()[last]))
                    .isEqualTo("the");
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theEndOfALongTextChangesNothingThatIsKept(Fixture fixture) {
        String words = "The train's café 👍🏽 (leaves)  at\tseven — 12.50 euros,\n\n and cafe\u0301s  ";
        try (Tokenizer tokenizer = new Tokenizer(fixture.bytes("tokenizer.json"))) {
            for (String text : List.of(
                    words.repeat(60),
                    "y" + "  ".repeat(3000) + words.repeat(20),
                    "z".repeat(3000),
                    words + "q".repeat(3000))) {
                Encoding whole = tokenizer.encode(text, null, ALL);
                for (int most : List.of(2, 17, 40, 100)) {
                    Encoding cut = tokenizer.encode(text, null, most);
                    int kept = cut.length() - 1;
                    assertThat(Arrays.copyOf(cut.ids(), kept)).isEqualTo(Arrays.copyOf(whole.ids(), kept));
                    assertThat(Arrays.copyOf(cut.starts(), kept)).isEqualTo(Arrays.copyOf(whole.starts(), kept));
                    assertThat(Arrays.copyOf(cut.ends(), kept)).isEqualTo(Arrays.copyOf(whole.ends(), kept));
                    assertThat(cut.length()).isEqualTo(Math.min(most, whole.length()));
                    assertThat(cut.truncated()).isEqualTo(whole.length() > most);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void aTextIsReadInPartOnlyWhereTokensNeverReachAcrossASpace(Fixture fixture) throws IOException {
        assertThat(TokenizerSettings.of(fixture.bytes("tokenizer.json")).local())
                .isTrue();
        ObjectMapper json = new ObjectMapper();
        ObjectNode file = (ObjectNode) fixture.json("tokenizer.json");
        file.putArray("added_tokens").addObject().put("content", "New York").put("id", 1);
        assertThat(TokenizerSettings.of(json.writeValueAsBytes(file)).local()).isFalse();
        file.remove(List.of("added_tokens", "pre_tokenizer"));
        assertThat(TokenizerSettings.of(json.writeValueAsBytes(file)).local()).isFalse();
    }

    @Test
    void aTextOf100000CharactersIsCutToTheLimit() {
        String text = "The weather in the mountains changes within minutes. ".repeat(1900);
        try (Tokenizer tokenizer = new Tokenizer(new Fixture("bert").bytes("tokenizer.json"))) {
            Encoding encoding = tokenizer.encode(text, text, 512);
            assertThat(encoding.length()).isEqualTo(512);
            assertThat(encoding.truncated()).isTrue();
        }
    }

    @Test
    void paddingAndTruncationInTheFileDoNotCount() throws IOException {
        Fixture fixture = new Fixture("bert");
        ObjectMapper json = new ObjectMapper();
        ObjectNode file = (ObjectNode) fixture.json("tokenizer.json");
        file.set(
                "truncation",
                json.readTree("{\"direction\":\"Left\",\"max_length\":5,\"strategy\":\"OnlyFirst\",\"stride\":0}"));
        file.set(
                "padding",
                json.readTree(
                        """
                {"strategy":{"Fixed":128},"direction":"Left","pad_to_multiple_of":8,"pad_id":7,"pad_type_id":0,"pad_token":"x"}"""));
        try (Tokenizer plain = new Tokenizer(fixture.bytes("tokenizer.json"));
                Tokenizer tokenizer = new Tokenizer(json.writeValueAsBytes(file))) {
            String text = "the train leaves in the morning ".repeat(200);
            assertSame(tokenizer.encode("the train", null, 40), plain.encode("the train", null, 40));
            assertSame(tokenizer.encode(text, text, ALL), plain.encode(text, text, ALL));
            assertSame(tokenizer.encodeAll(List.of("a", text), ALL).get(0), plain.encode("a", null, ALL));
            assertThat(plain.padId()).isZero();
            assertThat(tokenizer.padId()).isEqualTo(7);
        }
    }

    @Test
    void manyThreadsMayEncodeAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Tokenizer tokenizer = new Tokenizer(new Fixture("roberta").bytes("tokenizer.json"))) {
            List<Callable<Encoding>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int most = 4 + i % 30;
                calls.add(() -> tokenizer.encode("The train leaves, the dogs wait.", "How?", 2 + most));
            }
            List<Future<Encoding>> futures = threads.invokeAll(calls);
            for (int i = 0; i < futures.size(); i++)
                assertSame(futures.get(i).get(), calls.get(i).call());
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void saysWhatIsWrongWithAFileThatIsNoTokenizer() {
        assertThatThrownBy(() -> new Tokenizer("{".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tokenizer.json is not readable as JSON");
        assertThatThrownBy(() -> new Tokenizer("{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InputException.class)
                .hasMessage("tokenizer.json has no 'model'");
        assertThatThrownBy(() -> new Tokenizer("{\"model\":{\"type\":\"Other\"}}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tokenizer.json cannot be read");
    }

    private static void assertSame(Encoding actual, Encoding expected) {
        assertThat(actual.ids()).isEqualTo(expected.ids());
        assertThat(actual.types()).isEqualTo(expected.types());
        assertThat(actual.starts()).isEqualTo(expected.starts());
        assertThat(actual.ends()).isEqualTo(expected.ends());
        assertThat(actual.truncated()).isEqualTo(expected.truncated());
    }

    private static int[] numbers(JsonNode array) {
        int[] numbers = new int[array.size()];
        for (int i = 0; i < numbers.length; i++) numbers[i] = array.get(i).intValue();
        return numbers;
    }
}
