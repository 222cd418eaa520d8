package dev.polymath.ops;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Int8Weight;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes a computation down as an ONNX graph of plain standard operators (opset 17), so that any ONNX runtime can serve
 * it. Axes given by name at {@link #input} stay open; the graph runs at any size of them.
 *
 * <pre>{@code
 * OnnxOps ops = new OnnxOps("trunk", weights);
 * OnnxOps.Edge ids = ops.input("input_ids", DType.I64, "rows", "tokens");
 * ops.output("states", ops.gather(ops.weight("embeddings"), ids), "rows", "tokens", "32");
 * Files.write(path, ops.bytes());
 * }</pre>
 *
 * <p>Weights keep their names and their stored orientation {@code [out, in]}, so a graph can refer to the very bytes of
 * a safetensors file ({@link #bytes(List)}). Values that are computed twice in the same way are one node.
 * Not thread-safe.
 */
public final class OnnxOps implements Ops<OnnxOps.Edge> {
    /**
     * A value of the graph.
     *
     * @param name unique in its graph
     * @param type F32 or I64; within this package also others
     * @param rank number of axes
     */
    public record Edge(String name, DType type, int rank) {}

    private final OnnxGraph graph;
    private final Weights weights;

    /**
     * @param name the graph's name, for those who look into it
     * @param weights what {@link #weight} finds
     */
    public OnnxOps(String name, Weights weights) {
        this.graph = new OnnxGraph(name);
        this.weights = weights;
    }

    // ---- the graph's ends

    /**
     * An input of the graph.
     *
     * @param type F32 or I64
     * @param axes one an axis: a name for an open size, digits for a fixed one
     */
    public Edge input(String name, DType type, String... axes) {
        requireFloatOrInteger(type);
        graph.input(name, type, axes);
        return new Edge(name, type, axes.length);
    }

    /**
     * Makes a value an output of the graph, under a name; {@code axes} as in {@link #input}.
     *
     * @throws IllegalArgumentException if the value has more axes, or fewer
     */
    public void output(String name, Edge edge, String... axes) {
        if (axes.length != edge.rank()) {
            throw new IllegalArgumentException(name + " has " + edge.rank() + " axes, not " + axes.length);
        }
        graph.output(name, edge.type(), edge.name(), axes);
    }

    /** The graph with all its weights inside. */
    public byte[] bytes() {
        return graph.model((name, array) -> null).toByteArray();
    }

    /** The graph with its large weights left in files beside it, each in the first that has it. */
    public byte[] bytes(List<ExternalWeights> external) {
        return graph.model((name, array) -> external.stream()
                        .map(file -> file.place(name, array))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null))
                .toByteArray();
    }

    // ---- sources

    @Override
    public Edge weight(String name) {
        Edge stored = stored(name);
        return switch (stored.type()) {
            case F32, I64 -> stored;
            case F16, BF16 -> cast(stored, DType.F32);
            default -> cast(stored, DType.I64);
        };
    }

    @Override
    public Edge constant(Array value) {
        requireFloatOrInteger(value.type());
        return raw(value);
    }

    @Override
    public Edge positions(Edge ids) {
        return OnnxSelection.positions(this, ids);
    }

    // ---- linear algebra

    /**
     * A product with the transposed weight, a transposition that ONNX Runtime folds when it loads the graph; in integers
     * where the weights have the weight in {@link Int8Weight int8} too.
     */
    @Override
    public Edge linear(Edge x, Edge weight, Edge bias) {
        boolean integers = weights.has(Int8Weight.values(weight.name()));
        Edge product = integers ? OnnxInt8.product(this, x, weight.name()) : matmul(x, transpose(weight, 1, 0));
        return bias == null ? product : add(product, bias);
    }

    @Override
    public Edge matmul(Edge a, Edge b) {
        return node(DType.F32, Math.max(a.rank(), b.rank()), "MatMul", List.of(toFloat(a), toFloat(b)));
    }

    // ---- shape

    @Override
    public Edge reshape(Edge x, long... shape) {
        return node(x.type(), shape.length, "Reshape", List.of(x, integers(shape)));
    }

    @Override
    public Edge transpose(Edge x, int... axes) {
        long[] order = Arrays.stream(axes)
                .mapToLong(axis -> axis < 0 ? axis + axes.length : axis)
                .toArray();
        return node(x.type(), x.rank(), "Transpose", List.of(x), OnnxAttributes.of("perm", order));
    }

    @Override
    public Edge concat(int axis, List<Edge> parts) {
        DType type = common(parts.toArray(Edge[]::new));
        List<Edge> alike = parts.stream().map(part -> cast(part, type)).toList();
        return node(type, alike.get(0).rank(), "Concat", alike, OnnxAttributes.of("axis", axis));
    }

    @Override
    public Edge slice(Edge x, int axis, long from, long to) {
        return node(x.type(), x.rank(), "Slice", List.of(x, integers(from), integers(to), integers(axis)));
    }

    @Override
    public Edge gather(Edge table, Edge indices) {
        int rank = table.rank() - 1 + indices.rank();
        return node(table.type(), rank, "Gather", List.of(table, indices), OnnxAttributes.of("axis", 0));
    }

    @Override
    public Edge pick(Edge x, Edge index) {
        return OnnxSelection.pick(this, x, index);
    }

    // ---- selection

    @Override
    public Edge top(Edge x, int count) {
        return OnnxSelection.top(this, toFloat(x), count);
    }

    @Override
    public Edge select(Edge x, Edge mask) {
        return OnnxSelection.select(this, x, mask);
    }

    @Override
    public Edge addSelected(Edge x, Edge mask, Edge parts) {
        return OnnxSelection.addSelected(this, toFloat(x), mask, toFloat(parts));
    }

    @Override
    public Edge detached(Edge x) {
        return x;
    }

    // ---- arithmetic

    @Override
    public Edge add(Edge a, Edge b) {
        return binary("Add", a, b);
    }

    @Override
    public Edge subtract(Edge a, Edge b) {
        return binary("Sub", a, b);
    }

    @Override
    public Edge multiply(Edge a, Edge b) {
        return binary("Mul", a, b);
    }

    @Override
    public Edge divide(Edge a, Edge b) {
        return binary("Div", toFloat(a), toFloat(b));
    }

    @Override
    public Edge affine(Edge x, double factor, double offset) {
        Edge y = factor == 1 ? toFloat(x) : multiply(toFloat(x), number(factor));
        return offset == 0 ? y : add(y, number(offset));
    }

    @Override
    public Edge atLeast(Edge x, double least) {
        return node(DType.F32, x.rank(), "Max", List.of(toFloat(x), number(least)));
    }

    @Override
    public Edge abs(Edge x) {
        return node(x.type(), x.rank(), "Abs", List.of(x));
    }

    @Override
    public Edge exp(Edge x) {
        return unary("Exp", x);
    }

    @Override
    public Edge log(Edge x) {
        return unary("Log", x);
    }

    @Override
    public Edge sqrt(Edge x) {
        return unary("Sqrt", x);
    }

    @Override
    public Edge toFloat(Edge x) {
        return cast(x, DType.F32);
    }

    // ---- nonlinear

    /** In the order of operations that ONNX Runtime recognises and computes in one go. */
    @Override
    public Edge gelu(Edge x) {
        Edge erf = unary("Erf", divide(x, number(Math.sqrt(2))));
        return multiply(multiply(x, add(erf, number(1))), number(0.5));
    }

    @Override
    public Edge relu(Edge x) {
        return unary("Relu", x);
    }

    @Override
    public Edge silu(Edge x) {
        return multiply(x, sigmoid(x));
    }

    @Override
    public Edge tanh(Edge x) {
        return unary("Tanh", x);
    }

    @Override
    public Edge sigmoid(Edge x) {
        return unary("Sigmoid", x);
    }

    @Override
    public Edge softplus(Edge x) {
        return unary("Softplus", x);
    }

    @Override
    public Edge softmax(Edge x, int axis) {
        return node(DType.F32, x.rank(), "Softmax", List.of(toFloat(x)), OnnxAttributes.of("axis", axis));
    }

    @Override
    public Edge logSoftmax(Edge x, int axis) {
        return node(DType.F32, x.rank(), "LogSoftmax", List.of(toFloat(x)), OnnxAttributes.of("axis", axis));
    }

    // ---- reduction

    @Override
    public Edge sum(Edge x, int axis, boolean keep) {
        int rank = keep ? x.rank() : x.rank() - 1;
        AttributeProto kept = OnnxAttributes.of("keepdims", keep ? 1 : 0);
        return node(x.type(), rank, "ReduceSum", List.of(x, integers(axis)), kept);
    }

    @Override
    public Edge mean(Edge x, int axis, boolean keep) {
        return reduce("ReduceMean", toFloat(x), axis, keep);
    }

    @Override
    public Edge max(Edge x, int axis, boolean keep) {
        return reduce("ReduceMax", x, axis, keep);
    }

    @Override
    public Edge total(Edge x) {
        return node(x.type(), 0, "ReduceSum", List.of(x), OnnxAttributes.of("keepdims", 0));
    }

    // ---- compound

    @Override
    public Edge layerNorm(Edge x, Edge weight, Edge bias, double epsilon) {
        List<Edge> operands = bias == null ? List.of(x, weight) : List.of(x, weight, bias);
        AttributeProto axis = OnnxAttributes.of("axis", -1);
        AttributeProto least = OnnxAttributes.of("epsilon", (float) epsilon);
        return node(DType.F32, x.rank(), "LayerNormalization", operands, axis, least);
    }

    /** A graph serves; nothing is dropped. */
    @Override
    public Edge dropout(Edge x, double rate) {
        return x;
    }

    // ---- nodes

    private Edge unary(String operator, Edge x) {
        return node(DType.F32, x.rank(), operator, List.of(toFloat(x)));
    }

    /** ONNX wants both sides of one type; integers beside floats become floats. */
    private Edge binary(String operator, Edge a, Edge b) {
        DType type = common(a, b);
        return node(type, Math.max(a.rank(), b.rank()), operator, List.of(cast(a, type), cast(b, type)));
    }

    /** Up to opset 17 the axes of a mean or maximum are an attribute, those of a sum an input. */
    private Edge reduce(String operator, Edge x, int axis, boolean keep) {
        int rank = keep ? x.rank() : x.rank() - 1;
        AttributeProto axes = OnnxAttributes.of("axes", new long[] {axis});
        return node(x.type(), rank, operator, List.of(x), axes, OnnxAttributes.of("keepdims", keep ? 1 : 0));
    }

    private Edge cast(Edge x, DType type) {
        if (x.type() == type) return x;
        return node(type, x.rank(), "Cast", List.of(x), OnnxAttributes.of("to", OnnxGraph.code(type)));
    }

    private static DType common(Edge... edges) {
        for (Edge edge : edges) if (edge.type() == DType.F32) return DType.F32;
        return DType.I64;
    }

    /** A weight as it is stored, whatever its type. */
    Edge stored(String name) {
        Array array = weights.get(name);
        graph.weight(name, array);
        return new Edge(name, array.type(), array.shape().length);
    }

    /** A constant of any type. */
    Edge raw(Array value) {
        return new Edge(graph.constant(value), value.type(), value.shape().length);
    }

    Edge number(double value) {
        return constant(Array.scalar((float) value));
    }

    Edge integer(long value) {
        return constant(Array.of(new long[] {value}).reshaped());
    }

    Edge integers(long... values) {
        return constant(Array.of(values));
    }

    Edge node(DType type, int rank, String operator, List<Edge> operands, AttributeProto... attributes) {
        return new Edge(edges(1, operator, operands, attributes).get(0), type, rank);
    }

    /** The names of a node's outputs. */
    List<String> edges(int outputs, String operator, List<Edge> operands, AttributeProto... attributes) {
        return graph.node(operator, outputs, operands.stream().map(Edge::name).toList(), attributes);
    }

    private static void requireFloatOrInteger(DType type) {
        if (type != DType.F32 && type != DType.I64)
            throw new IllegalArgumentException(type + " is neither F32 nor I64");
    }
}
