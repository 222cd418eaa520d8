package dev.polymath.learn.compare;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.learn.Trainer;
import dev.polymath.project.Project;
import dev.polymath.run.ProgramDigest;
import dev.polymath.weights.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Digests that tell whether two runs would give the same. */
final class RunKey {
    /** What a result's file holds; another number where it holds something else. */
    private static final int FORMAT = 1;

    private RunKey() {}

    /**
     * The digest of the classes that make results: all of core and learn but those of this package, which look at results
     * and do not make them. Computed once: the program does not change while it runs.
     */
    static String program() {
        return Program.DIGEST;
    }

    private static final class Program {
        static final String DIGEST =
                ProgramDigest.of(name -> !name.startsWith("dev/polymath/learn/compare/"), Project.class, Trainer.class);
    }

    /**
     * The digest of everything that a result depends on.
     *
     * @param learned {@link dev.polymath.learn.Trainer#digest}: settings, parts, rows, weights at the beginning, seed
     * @param test by task, the digest of its test rows
     * @param program of the classes that run
     */
    static String of(String learned, Map<String, String> test, String program) {
        return Digest.sha256(String.join("\n", String.valueOf(FORMAT), learned, test.toString(), program));
    }

    /** The digest of rows: their texts and labels. */
    static String rows(List<Example> examples) {
        StringBuilder all = new StringBuilder();
        for (Example example : examples) {
            all.append(example.text()).append('\u0000').append(example.text2()).append('\u0000');
            all.append(text(example.label())).append('\n');
        }
        return Digest.sha256(all.toString());
    }

    /** Not {@code toString} for tags, which would give the identity of their arrays. */
    private static String text(Label label) {
        if (!(label instanceof Label.Tags tags)) return String.valueOf(label);
        return tags.tags() + Arrays.toString(tags.starts()) + Arrays.toString(tags.ends());
    }
}
