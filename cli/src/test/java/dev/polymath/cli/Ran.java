package dev.polymath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A command that was run in this process, with what it gave. */
record Ran(int code, String out, String err) {
    static Ran polymath(Object... arguments) {
        return polymath(new byte[0], arguments);
    }

    static Ran polymath(byte[] input, Object... arguments) {
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) texts[i] = arguments[i].toString();
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(input));
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            int code = Main.run(texts);
            System.out.flush();
            System.err.flush();
            return new Ran(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    Ran done() {
        assertThat(code).as(err).isZero();
        return this;
    }

    /** Exit code 2 and one message without a stack trace, which holds these texts. */
    Ran refused(String... says) {
        assertThat(code).as(out + err).isEqualTo(2);
        assertThat(err)
                .startsWith("polymath: ")
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("fault of Polymath")
                .contains(says);
        assertThat(err.lines().filter(line -> line.startsWith("polymath: "))).hasSize(1);
        return this;
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
