package dev.polymath.learn.torch;

import dev.polymath.ops.Ops;
import dev.polymath.ops.Program;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One call of an operation of {@link Ops}, with random shapes, values and arguments. */
final class RandomCall implements Program {
    /** Those that there is a call of, which {@code OpsAgreementTest} holds to be all. */
    static final List<String> OPERATIONS = List.of(
            "weight",
            "constant",
            "positions",
            "linear",
            "matmul",
            "reshape",
            "transpose",
            "concat",
            "slice",
            "gather",
            "pick",
            "top",
            "select",
            "addSelected",
            "detached",
            "add",
            "subtract",
            "multiply",
            "divide",
            "affine",
            "scale",
            "atLeast",
            "abs",
            "exp",
            "log",
            "sqrt",
            "toFloat",
            "gelu",
            "relu",
            "silu",
            "tanh",
            "sigmoid",
            "softplus",
            "softmax",
            "logSoftmax",
            "sum",
            "mean",
            "max",
            "total",
            "layerNorm",
            "attention",
            "dropout");

    private final String operation;
    private final Random random;
    private final List<Array> inputs = new ArrayList<>();
    private final Map<String, Array> weights = new LinkedHashMap<>();
    private int[] axes = {};
    private long[] sizes = {};
    private double[] numbers = {};
    private boolean flag;

    RandomCall(String operation, Random random) {
        this.operation = operation;
        this.random = random;
        draw();
    }

    List<Array> inputs() {
        return inputs;
    }

    Weights weights() {
        return new Weights(weights);
    }

    @Override
    public <T> T apply(Ops<T> ops, List<T> x) {
        return switch (operation) {
            case "weight" -> ops.weight("w");
            case "constant" -> ops.constant(weights.get("w"));
            case "positions" -> ops.positions(x.get(0));
            case "linear" -> ops.linear(x.get(0), ops.weight("w"), flag ? ops.weight("b") : null);
            case "matmul" -> ops.matmul(x.get(0), x.get(1));
            case "reshape" -> ops.reshape(x.get(0), sizes);
            case "transpose" -> ops.transpose(x.get(0), axes);
            case "concat" -> ops.concat(axes[0], x);
            case "slice" -> ops.slice(x.get(0), axes[0], sizes[0], sizes[1]);
            case "gather" -> ops.gather(x.get(0), x.get(1));
            case "pick" -> ops.pick(x.get(0), x.get(1));
            case "top" -> ops.top(x.get(0), (int) sizes[0]);
            case "select" -> ops.select(x.get(0), x.get(1));
            case "addSelected" -> ops.addSelected(x.get(0), x.get(1), x.get(2));
            case "detached" -> ops.detached(x.get(0));
            case "add" -> ops.add(x.get(0), x.get(1));
            case "subtract" -> ops.subtract(x.get(0), x.get(1));
            case "multiply" -> ops.multiply(x.get(0), x.get(1));
            case "divide" -> ops.divide(x.get(0), x.get(1));
            case "affine" -> ops.affine(x.get(0), numbers[0], numbers[1]);
            case "scale" -> ops.scale(x.get(0), numbers[0]);
            case "atLeast" -> ops.atLeast(x.get(0), numbers[0]);
            case "abs" -> ops.abs(x.get(0));
            case "exp" -> ops.exp(x.get(0));
            case "log" -> ops.log(x.get(0));
            case "sqrt" -> ops.sqrt(x.get(0));
            case "toFloat" -> ops.toFloat(x.get(0));
            case "gelu" -> ops.gelu(x.get(0));
            case "relu" -> ops.relu(x.get(0));
            case "silu" -> ops.silu(x.get(0));
            case "tanh" -> ops.tanh(x.get(0));
            case "sigmoid" -> ops.sigmoid(x.get(0));
            case "softplus" -> ops.softplus(x.get(0));
            case "softmax" -> ops.softmax(x.get(0), axes[0]);
            case "logSoftmax" -> ops.logSoftmax(x.get(0), axes[0]);
            case "sum" -> ops.sum(x.get(0), axes[0], flag);
            case "mean" -> ops.mean(x.get(0), axes[0], flag);
            case "max" -> ops.max(x.get(0), axes[0], flag);
            case "total" -> ops.total(x.get(0));
            case "layerNorm" -> ops.layerNorm(x.get(0), ops.weight("w"), flag ? ops.weight("b") : null, numbers[0]);
            case "attention" ->
                ops.attention(x.get(0), x.get(1), x.get(2), x.get(3), (int) sizes[0], (int) sizes[1], 0.5);
            case "dropout" -> ops.dropout(x.get(0), 0.5);
            default -> throw new IllegalArgumentException("there is no call of " + operation);
        };
    }

    @Override
    public String toString() {
        return operation
                + inputs
                + weights
                + Arrays.toString(axes)
                + Arrays.toString(sizes)
                + Arrays.toString(numbers)
                + flag;
    }

    private void draw() {
        flag = random.nextBoolean();
        numbers = new double[] {random.nextInt(3) == 0 ? 1 : random.nextGaussian(), random.nextInt(2) * 1.5};
        long[] shape = shape(1, 4);
        axes = new int[] {axis(shape.length)};
        switch (operation) {
            case "weight", "constant" -> weights.put("w", flag ? floats(shape) : integers(-9, 9, shape));
            case "positions" -> inputs.add(integers(0, 9, shape(2, 4)));
            case "linear" -> drawLinear();
            case "matmul" -> drawMatmul();
            case "reshape" -> drawReshape(shape);
            case "transpose" -> drawTranspose(shape);
            case "concat" -> drawConcat(shape);
            case "slice" -> drawSlice(shape);
            case "gather" -> {
                inputs.add(floatsOrIntegers(shape));
                inputs.add(integers(0, (int) shape[0] - 1, shape(0, 3)));
            }
            case "pick" -> {
                inputs.add(floatsOrIntegers(shape));
                int last = shape.length - 1;
                inputs.add(integers(0, (int) shape[last] - 1, Arrays.copyOf(shape, last)));
            }
            case "top" -> {
                // Whole numbers are often equal.
                inputs.add(flag ? floats(shape) : integers(-2, 2, shape));
                sizes = new long[] {1 + random.nextInt((int) shape[shape.length - 1])};
            }
            case "select", "addSelected" -> drawSelection(shape);
            case "add", "subtract", "multiply" -> {
                inputs.add(floatsOrIntegers(shape));
                inputs.add(floatsOrIntegers(broadcast(shape)));
                if (flag) Collections.swap(inputs, 0, 1);
            }
            case "divide" -> {
                inputs.add(floatsOrIntegers(shape));
                long[] other = broadcast(shape);
                inputs.add(flag ? positive(other) : integers(1, 5, other));
            }
            case "abs", "toFloat", "sum", "max", "total" -> inputs.add(floatsOrIntegers(shape));
            case "log" -> inputs.add(positive(shape));
            case "sqrt" -> inputs.add(positive(shape));
            case "gelu", "relu", "silu", "tanh", "sigmoid", "softplus" -> inputs.add(scaled(flag ? 1 : 30, shape));
            case "layerNorm" -> {
                long[] wide = shape.clone();
                wide[wide.length - 1] += 3;
                inputs.add(floats(wide));
                weights.put("w", floats(wide[wide.length - 1]));
                weights.put("b", floats(wide[wide.length - 1]));
                numbers[0] = random.nextBoolean() ? 1e-5 : 1e-12;
            }
            case "attention" -> drawAttention();
            default -> inputs.add(floats(shape));
        }
    }

    private void drawLinear() {
        long[] shape = shape(1, 4);
        long out = 1 + random.nextInt(4);
        inputs.add(floats(shape));
        weights.put("w", floats(out, shape[shape.length - 1]));
        weights.put("b", floats(out));
    }

    private void drawMatmul() {
        long[] batch = shape(0, 2);
        long[] other = broadcast(batch);
        long inner = 1 + random.nextInt(5);
        inputs.add(floats(with(flag ? batch : other, 1 + random.nextInt(4), inner)));
        inputs.add(floats(with(flag ? other : batch, inner, 1 + random.nextInt(4))));
    }

    /** Axes kept by a 0 at the front, two merged by a -1, the others written out. */
    private void drawReshape(long[] shape) {
        inputs.add(floatsOrIntegers(shape));
        int kept = random.nextInt(shape.length + 1);
        sizes = shape.clone();
        Arrays.fill(sizes, 0, kept, 0);
        if (kept + 2 <= shape.length) {
            sizes = Arrays.copyOf(sizes, sizes.length - 1);
            sizes[sizes.length - 1] = -1;
        } else if (kept < shape.length) {
            sizes = with(sizes, 1);
        }
    }

    private void drawTranspose(long[] shape) {
        inputs.add(floatsOrIntegers(shape));
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < shape.length; axis++) order.add(flag ? axis : axis - shape.length);
        Collections.shuffle(order, random);
        axes = order.stream().mapToInt(Integer::intValue).toArray();
    }

    private void drawConcat(long[] shape) {
        for (int part = random.nextInt(3); part >= 0; part--) {
            long[] own = shape.clone();
            own[axes[0] < 0 ? axes[0] + shape.length : axes[0]] = 1 + random.nextInt(3);
            inputs.add(floatsOrIntegers(own));
        }
    }

    private void drawSlice(long[] shape) {
        inputs.add(floatsOrIntegers(shape));
        int size = (int) shape[axes[0] < 0 ? axes[0] + shape.length : axes[0]];
        int from = random.nextInt(size);
        sizes = new long[] {from, flag ? Long.MAX_VALUE : from + 1 + random.nextInt(size)};
    }

    /** A mask over some axes at the front, now and then of zeros alone. */
    private void drawSelection(long[] shape) {
        int axes = 1 + random.nextInt(shape.length);
        Array mask = integers(random.nextInt(4) == 0 ? 0 : -1, 0, Arrays.copyOf(shape, axes));
        inputs.add(operation.equals("select") ? floatsOrIntegers(shape) : floats(shape));
        inputs.add(flag ? Array.of(mask.floats(), mask.shape()) : mask);
        if (operation.equals("select")) return;
        long[] parts = Arrays.copyOfRange(shape, axes - 1, shape.length);
        parts[0] = Arrays.stream(mask.longs()).filter(value -> value != 0).count();
        inputs.add(floats(parts));
    }

    private void drawAttention() {
        long rows = 1 + random.nextInt(3);
        long tokens = 1 + random.nextInt(5);
        sizes = new long[] {1 + random.nextInt(3), 1 + random.nextInt(4)};
        for (int i = 0; i < 3; i++) inputs.add(floats(rows, tokens, sizes[0] * sizes[1]));
        if (flag) {
            inputs.add(floats(1, sizes[0], tokens, tokens));
            return;
        }
        float[] padding = new float[(int) (rows * tokens)];
        for (int i = 0; i < padding.length; i++) padding[i] = i % tokens > 0 && random.nextBoolean() ? -0x1p30f : 0;
        inputs.add(Array.of(padding, rows, 1, 1, tokens));
    }

    /** From {@code least} to {@code most} axes of 1 to 4. */
    private long[] shape(int least, int most) {
        return random.longs(least + random.nextInt(most - least + 1), 1, 5).toArray();
    }

    /** A shape that broadcasts with another: some axes of 1, some at the front left out. */
    private long[] broadcast(long[] shape) {
        long[] other = shape.clone();
        for (int i = 0; i < other.length; i++) if (random.nextInt(3) == 0) other[i] = 1;
        return Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length);
    }

    private static long[] with(long[] shape, long... more) {
        long[] all = Arrays.copyOf(shape, shape.length + more.length);
        System.arraycopy(more, 0, all, shape.length, more.length);
        return all;
    }

    private int axis(int rank) {
        return random.nextInt(2 * rank) - rank;
    }

    private Array floatsOrIntegers(long... shape) {
        return random.nextInt(3) == 0 ? integers(-9, 9, shape) : floats(shape);
    }

    private Array integers(int least, int most, long... shape) {
        return Array.of(random.longs(count(shape), least, most + 1L).toArray()).reshaped(shape);
    }

    private Array floats(long... shape) {
        return scaled(2, shape);
    }

    private Array positive(long... shape) {
        float[] values = new float[count(shape)];
        for (int i = 0; i < values.length; i++) values[i] = (float) (0.1 + 4 * random.nextDouble());
        return Array.of(values).reshaped(shape);
    }

    /** Between minus and plus {@code size}. */
    private Array scaled(double size, long... shape) {
        float[] values = new float[count(shape)];
        for (int i = 0; i < values.length; i++) values[i] = (float) (size * (2 * random.nextDouble() - 1));
        return Array.of(values).reshaped(shape);
    }

    private static int count(long[] shape) {
        return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
