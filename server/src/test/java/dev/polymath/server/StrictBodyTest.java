package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StrictBodyTest {
    @Test
    void everyTextComesOutAsItWentIn() throws Exception {
        for (String text :
                new String[] {"plain", "\u00e9\u4e2d", "\ud83d\udce6", "a \ud83d b", "\udce6", "\u0000\n\"\\"}) {
            byte[] written = StrictBody.written(json -> {
                json.writeStartObject();
                json.writeStringField("text", text);
                json.writeEndObject();
            });
            assertThat(StrictBody.read(written).text("text")).isEqualTo(text);
            assertThat(new String(written, StandardCharsets.UTF_8)).doesNotContain("?");
        }
    }

    @Test
    void numbersKeepAllTheirDigits() throws Exception {
        float[] values = {1f / 3, 1e-30f, Float.MAX_VALUE, -0.1f, 16_777_217f};
        String written = new String(StrictBody.written(json -> Vectors.write(json, values)), StandardCharsets.UTF_8);
        String[] numbers = written.substring(1, written.length() - 1).split(",");
        for (int i = 0; i < values.length; i++)
            assertThat(Float.parseFloat(numbers[i])).isEqualTo(values[i]);
    }
}
