package dev.polymath.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.junit.jupiter.api.Test;

class WordAnalysisTest {
    @Test
    void englishLeavesOutTheWordsOfQuestionsAndReducesTheRest() throws IOException {
        assertThat(words(WordAnalysis.ENGLISH, "How do I get the Kettle's leaking lid repaired?"))
                .containsExactly("get", "kettl", "leak", "lid", "repair");
    }

    @Test
    void standardKeepsEveryWordAsItIs() throws IOException {
        assertThat(words(WordAnalysis.STANDARD, "How do I get the Kettle's Deckel?"))
                .containsExactly("how", "do", "i", "get", "the", "kettle's", "deckel");
    }

    @Test
    void anotherNameIsAnErrorWithTheNearest() {
        assertThatThrownBy(() -> WordAnalysis.named("englsh"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no analyzer 'englsh'")
                .hasMessageContaining("english");
    }

    private static List<String> words(WordAnalysis analysis, String text) throws IOException {
        List<String> words = new ArrayList<>();
        try (Analyzer analyzer = analysis.analyzer();
                TokenStream stream = analyzer.tokenStream("", text)) {
            CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken()) words.add(word.toString());
            stream.end();
        }
        return words;
    }
}
