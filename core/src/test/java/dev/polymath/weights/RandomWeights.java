package dev.polymath.weights;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Small weights of every type, with random bytes, shapes of 0 to 3 axes and awkward names. */
final class RandomWeights {
    private static final String[] PARTS = {"layer.", "weight", "0", "10", " ", "\"", "é", "\ud83d\ude00", "\n", "/"};

    private RandomWeights() {}

    static Weights of(Random random) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        for (int count = random.nextInt(8); count > 0; count--) {
            StringBuilder name = new StringBuilder();
            for (int part = random.nextInt(4); part >= 0; part--) name.append(PARTS[random.nextInt(PARTS.length)]);
            arrays.put(name.toString(), array(random));
        }
        return new Weights(arrays);
    }

    private static Array array(Random random) {
        DType type = DType.values()[random.nextInt(DType.values().length)];
        long[] shape = random.longs(random.nextInt(4), 0, 5).toArray();
        byte[] bytes = new byte[(int) Array.elements(shape) * type.bytes()];
        random.nextBytes(bytes);
        return new Array(type, shape, ByteBuffer.wrap(bytes));
    }
}
