package dev.polymath.ops;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.polymath.ops.OnnxOps.Edge;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import java.util.List;

/** The operations of {@link Ops} that count places and select by them, as nodes. */
final class OnnxSelection {
    private OnnxSelection() {}

    static Edge positions(OnnxOps ops, Edge ids) {
        List<Edge> axis = List.of(ids);
        Edge length = ops.node(DType.I64, 1, "Shape", axis, OnnxAttributes.of("start", 1), OnnxAttributes.of("end", 2));
        Edge tokens = ops.node(DType.I64, 0, "Squeeze", List.of(length, ops.integers(0)));
        return ops.node(DType.I64, 1, "Range", List.of(ops.integer(0), tokens, ops.integer(1)));
    }

    static Edge pick(OnnxOps ops, Edge x, Edge index) {
        Edge column = ops.node(DType.I64, x.rank(), "Unsqueeze", List.of(index, ops.integers(-1)));
        AttributeProto last = OnnxAttributes.of("axis", -1);
        Edge picked = ops.node(x.type(), x.rank(), "GatherElements", List.of(x, column), last);
        return ops.node(x.type(), index.rank(), "Squeeze", List.of(picked, ops.integers(-1)));
    }

    /** TopK gives positions, of equal elements the first, and OneHot spreads them. */
    static Edge top(OnnxOps ops, Edge x, int count) {
        List<String> valuesAndPlaces =
                ops.edges(2, "TopK", List.of(x, ops.integers(count)), OnnxAttributes.of("axis", -1));
        Edge largest = new Edge(valuesAndPlaces.get(1), DType.I64, x.rank());
        Edge length = ops.node(DType.I64, 1, "Shape", List.of(x), OnnxAttributes.of("start", -1));
        Edge offAndOn = ops.constant(Array.of(new float[] {0, 1}));
        Edge spread = ops.node(DType.F32, x.rank() + 1, "OneHot", List.of(largest, length, offAndOn));
        return ops.sum(spread, -2, false);
    }

    static Edge select(OnnxOps ops, Edge x, Edge mask) {
        return ops.node(x.type(), 1 + x.rank() - mask.rank(), "GatherND", List.of(x, places(ops, mask)));
    }

    static Edge addSelected(OnnxOps ops, Edge x, Edge mask, Edge parts) {
        List<Edge> operands = List.of(x, places(ops, mask), parts);
        return ops.node(x.type(), x.rank(), "ScatterND", operands, OnnxAttributes.of("reduction", "add"));
    }

    /** Where a mask is not 0, {@code [selected, axes of the mask]}. */
    private static Edge places(OnnxOps ops, Edge mask) {
        return ops.transpose(ops.node(DType.I64, 2, "NonZero", List.of(mask)), 1, 0);
    }
}
