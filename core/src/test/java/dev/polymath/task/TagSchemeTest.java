package dev.polymath.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TagSchemeTest {
    private static final List<String> TAGS = TagScheme.BIO.closed(Set.of("O", "B-X", "I-Y"));

    @Test
    void bioIsKnownByItsTags() {
        assertThat(TagScheme.of(List.of("O", "B-X", "I-X"))).isEqualTo(TagScheme.BIO);
        assertThat(TagScheme.of(List.of("I-X", "O"))).isEqualTo(TagScheme.BIO);
        assertThat(TagScheme.of(List.of("O", "B-X", "S-X"))).isEqualTo(TagScheme.PLAIN);
        assertThat(TagScheme.of(List.of("NOUN", "O"))).isEqualTo(TagScheme.PLAIN);
        assertThat(TagScheme.of(List.of("O"))).isEqualTo(TagScheme.PLAIN);
    }

    @Test
    void anInsideThatGoesOnWithNothingBegins() {
        assertThat(TagScheme.BIO.repaired(List.of("I-X", "I-X", "I-Y", "O", "I-Y", "B-Y", "I-Y", "B-A-B", "I-A-B")))
                .containsExactly("B-X", "I-X", "B-Y", "O", "B-Y", "B-Y", "I-Y", "B-A-B", "I-A-B");
        assertThat(TagScheme.PLAIN.repaired(List.of("I-X", "NOUN"))).containsExactly("I-X", "NOUN");
    }

    @Test
    void bothFormsOfEachTypeAreThere() {
        assertThat(TAGS).containsExactly("O", "B-X", "I-X", "B-Y", "I-Y");
        assertThat(TagScheme.PLAIN.closed(Set.of("VERB", "NOUN"))).containsExactly("NOUN", "VERB");
    }

    @Property(tries = 100)
    void repairChangesNoSpanThatConllevalReads(@ForAll long seed) {
        List<String> tags = new SplittableRandom(seed)
                .ints(12, 0, TAGS.size())
                .mapToObj(TAGS::get)
                .toList();
        List<String> repaired = TagScheme.BIO.repaired(tags);
        ConllEval counts = ConllEval.of(List.of(tags), List.of(repaired));
        assertThat(counts.correct()).isEqualTo(counts.gold()).isEqualTo(counts.predicted());
        assertThat(TagScheme.BIO.repaired(repaired)).isEqualTo(repaired);
    }

    @Property(tries = 100)
    void viterbiFindsTheBestOfAllLegalSequences(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] scores = new double[4][TAGS.size()];
        for (double[] word : scores) for (int tag = 0; tag < word.length; tag++) word[tag] = -3 * random.nextDouble();
        int[] best = new Viterbi(TagScheme.BIO, TAGS).best(scores);
        double most = Double.NEGATIVE_INFINITY;
        for (int code = 0; code < Math.pow(TAGS.size(), 4); code++) {
            int[] tags = {code % 5, code / 5 % 5, code / 25 % 5, code / 125};
            if (legal(tags)) most = Math.max(most, score(scores, tags));
        }
        assertThat(legal(best)).isTrue();
        assertThat(score(scores, best)).isEqualTo(most);
    }

    private static boolean legal(int[] sequence) {
        List<String> tags = Arrays.stream(sequence).mapToObj(TAGS::get).toList();
        return TagScheme.BIO.repaired(tags).equals(tags);
    }

    private static double score(double[][] scores, int[] tags) {
        double sum = 0;
        for (int word = 0; word < tags.length; word++) sum += scores[word][tags[word]];
        return sum;
    }
}
