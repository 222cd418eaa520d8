package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.project.TaskSpec;
import dev.polymath.text.Encoding;
import dev.polymath.text.Tokenizer;
import dev.polymath.weights.Array;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TagTest {
    private static final TaskSpec SPEC = Given.spec("tag", "token", "0", "label", "1");
    private static final Tag KIND = new Tag();
    private static final Example LONDON = example("U.S. troops left London", "B-LOC O O B-LOC");
    private static final Task ENTITIES = KIND.create(SPEC, List.of(LONDON));
    private static final Task PARTS =
            KIND.create(SPEC, List.of(example("the cat sat", "DET NOUN VERB"), example("cats sat", "NOUN VERB")));

    // Labels: O, B-LOC, I-LOC.
    private static final float[] O = {9, 0, 0};
    private static final float[] B = {0, 9, 0};
    private static final float[] I = {0, 0, 9};

    @Test
    void tokensAreJoinedBySpacesAndKeepTheirPlaces() {
        Label.Tags label = (Label.Tags) LONDON.label();
        assertThat(LONDON.text()).isEqualTo("U.S. troops left London");
        assertThat(label.starts()).containsExactly(0, 5, 12, 17);
        assertThat(label.ends()).containsExactly(4, 11, 16, 23);
        assertThat(((Label.Tags) example("a b c", "I-X I-X I-Y").label()).tags())
                .containsExactly("B-X", "I-X", "B-Y");
    }

    @Test
    void theFurtherWordsOfATokenLearnTheInsideForm() throws IOException {
        try (InputStream file = TagTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json");
                Tokenizer tokenizer = new Tokenizer(file.readAllBytes())) {
            // [CLS] u . s . troops left london [SEP]
            Encoding encoding = tokenizer.encode(LONDON.text(), null, 64);
            assertThat(encoding.length()).isEqualTo(9);
            Target target = ENTITIES.target(List.of(LONDON), List.of(encoding), 10);
            assertThat(target.values()).isEqualTo(Array.of(new long[] {0, 1, 2, 2, 2, 0, 0, 1, 0, 0}, 1, 10));
            assertThat(target.weights()).isEqualTo(Array.of(new float[] {0, 1, 1, 1, 1, 1, 1, 1, 0, 0}, 1, 10));
            // [CLS] un ##bel ##ie ##va ##bly [SEP], and [CLS] e . g . [SEP]
            Example pieces = example("unbelievably e.g.", "VERB NOUN");
            Encoding split = tokenizer.encode(pieces.text(), null, 64);
            int words = 5;
            assertThat(split.length()).isGreaterThan(words + 2);
            Target parts = PARTS.target(List.of(pieces), List.of(split), split.length());
            float labelled = 0;
            for (float weight : parts.weights().floats()) labelled += weight;
            assertThat(labelled).isEqualTo(words);
            assertThat(parts.values().longs()).endsWith(1, 1, 1, 1, 0);
        }
    }

    @Test
    void theLossIsTheSumOverARowsWordsByTheRootOfTheirNumber() {
        Example row = example("a b", "O B-LOC");
        Target target = ENTITIES.target(List.of(row), List.of(Given.words("a b")), 4);
        Array output = Array.of(new float[] {9, 0, 0, 1, 2, 3, 0, 0, 0, 0, 9, 0}, 1, 4, 3);
        // -log softmax(1, 2, 3)[O] = 2.407606 and log 3; the special tokens have no label.
        assertThat(Given.loss(ENTITIES, output, target)).isCloseTo((2.407606 + 1.098612) / Math.sqrt(2), within(1e-5));
    }

    @Test
    void wordsOfAPlainTextBecomeSpans() {
        Answer.Spans answer = decode(ENTITIES, plain("In New York, Ada"), O, B, I, O, B);
        assertThat(answer.tags()).isEmpty();
        assertThat(answer.spans()).hasSize(2);
        Answer.Span york = answer.spans().get(0);
        assertThat(york.text()).isEqualTo("New York");
        assertThat(york.start()).isEqualTo(3);
        assertThat(york.end()).isEqualTo(11);
        assertThat(york.label()).isEqualTo("LOC");
        assertThat(york.score()).isCloseTo(Math.exp(9) / (Math.exp(9) + 2), within(1e-9));
        assertThat(answer.spans().get(1).text()).isEqualTo("Ada");
    }

    @Test
    void aTokenOfSeveralWordsHasTheTagOfItsFirst() {
        Answer.Spans answer = decode(ENTITIES, LONDON, B, O, O, O, O, O, B);
        assertThat(answer.tags()).containsExactly("B-LOC", "O", "O", "B-LOC");
        assertThat(answer.spans()).extracting(Answer.Span::text).containsExactly("U.S.", "London");
    }

    @Test
    void noSpanBeginsInside() {
        assertThat(decode(ENTITIES, example("a b c", "O O O"), new float[] {3, 2, 4}, O, new float[] {0, 2, 3})
                        .tags())
                .containsExactly("O", "O", "B-LOC");
        assertThat(decode(ENTITIES, plain("a b"), new float[] {0, 5, 6}, I).spans())
                .extracting(Answer.Span::text)
                .containsExactly("a b");
    }

    @Test
    void wordsThatWereCutOffGetTheOutsideOrTheCommonestTag() {
        Encoding encoding = Given.words("a");
        Example row = example("a b c", "B-LOC I-LOC O");
        assertThat(((Answer.Spans) ENTITIES.decode(outputs(ENTITIES, B), encoding, row)).tags())
                .containsExactly("B-LOC", "O", "O");
        assertThat(((Answer.Spans) PARTS.decode(outputs(PARTS, new float[] {5, 0, 0}), encoding, row)).tags())
                .containsExactly("DET", "NOUN", "NOUN");
        assertThat(((Answer.Spans) PARTS.decode(outputs(PARTS, new float[] {5, 0, 0}), encoding, plain("a b"))).spans())
                .extracting(Answer.Span::label)
                .containsExactly("DET");
    }

    @Test
    void plainTagsGiveASpanAWordAndAccuracy() {
        Example row = example("the cat", "DET VERB");
        Answer.Spans answer = decode(PARTS, row, new float[] {5, 0, 0}, new float[] {0, 5, 0});
        assertThat(answer.spans()).extracting(Answer.Span::label).containsExactly("DET", "NOUN");
        assertThat(PARTS.metrics(List.of(row), List.of(answer)))
                .containsEntry("accuracy", 0.5)
                .hasSize(1);
    }

    @Test
    void spansAreMeasuredWhole() {
        Example row = example("a b c", "B-LOC I-LOC O");
        Answer.Spans answer = decode(ENTITIES, row, B, O, B);
        assertThat(ENTITIES.metrics(List.of(row), List.of(answer)).keySet())
                .containsExactly("f1", "precision", "recall");
        assertThat(ENTITIES.metrics(List.of(row), List.of(answer))).containsEntry("f1", 0.0);
        assertThat(ENTITIES.metrics(List.of(row), List.of(decode(ENTITIES, row, B, I, B))))
                .containsEntry("precision", 0.5)
                .containsEntry("recall", 1.0);
    }

    @Test
    void anEmptyTextHasNoSpans() {
        assertThat(decode(ENTITIES, plain("")).spans()).isEmpty();
        assertThat(decode(PARTS, plain(" \n")).spans()).isEmpty();
        Target target = ENTITIES.target(List.of(plain("")), List.of(Given.words("")), 2);
        assertThat(Given.loss(ENTITIES, Array.zeros(1, 2, 3), target)).isZero();
    }

    @Test
    void anUnseenTagIsAProblem() {
        assertThat(KIND.problems(ENTITIES, example("a b", "B-LOCC B-LOCC")))
                .containsExactly("label 'B-LOCC' never occurs in training; did you mean 'B-LOC'?");
        assertThat(KIND.problems(ENTITIES, example("a", "I-LOC"))).isEmpty();
    }

    @Test
    void columnsAreCountedFromZero() {
        assertThatThrownBy(
                        () -> KIND.example(Given.spec("tag", "token", "word", "label", "1"), Given.sentence("a", "O")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("token must be the number of a column, from 0; it is 'word'");
    }

    private static Example example(String tokens, String tags) {
        return KIND.example(SPEC, Given.sentence(tokens, tags));
    }

    private static Example plain(String text) {
        return new Example(text, null, null, 1);
    }

    /** The answer where each word is one token, with these outputs. */
    private static Answer.Spans decode(Task task, Example example, float[]... words) {
        return (Answer.Spans) task.decode(outputs(task, words), Given.words(example.text()), example);
    }

    private static float[] outputs(Task task, float[]... words) {
        int labels = task.labels().size();
        float[] outputs = new float[(words.length + 2) * labels];
        for (int i = 0; i < words.length; i++) System.arraycopy(words[i], 0, outputs, (i + 1) * labels, labels);
        return outputs;
    }
}
