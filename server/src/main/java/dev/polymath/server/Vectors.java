package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.task.Answer;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Vectors of texts: asking for them, comparing them, writing them down. */
final class Vectors {
    private Vectors() {}

    static List<Question> questions(List<String> texts, Task task) {
        List<String> asked = List.of(task.name());
        return texts.stream().map(text -> new Question(Input.of(text), asked)).toList();
    }

    static float[] of(Prediction prediction, Task task) {
        return ((Answer.Vector) prediction.answers().get(task.name())).values();
    }

    /**
     * The first numbers of a vector, and then its length made 1.
     *
     * @param dimensions how many; 0 for all
     * @throws Fault if it has fewer
     */
    static float[] shortened(float[] vector, int dimensions) {
        if (dimensions == 0) return vector;
        if (dimensions > vector.length) {
            throw Fault.invalid("`dimensions` is " + dimensions + ", and the model's vectors have " + vector.length);
        }
        float[] first = Arrays.copyOf(vector, dimensions);
        double squares = 0;
        for (float value : first) squares += (double) value * value;
        double length = Math.max(Math.sqrt(squares), 1e-12);
        for (int i = 0; i < first.length; i++) first[i] = (float) (first[i] / length);
        return first;
    }

    static void write(JsonGenerator json, float[] values, int from, int to) throws IOException {
        json.writeStartArray();
        for (int i = from; i < to; i++) json.writeNumber(values[i]);
        json.writeEndArray();
    }

    static void write(JsonGenerator json, float[] values) throws IOException {
        write(json, values, 0, values.length);
    }

    /** The numbers as float32, the low byte first, in base64. */
    static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
