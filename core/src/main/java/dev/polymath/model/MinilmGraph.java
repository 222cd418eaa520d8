package dev.polymath.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the weights out of the exported graph of a BERT. Exporting folded the transposition of each linear weight into
 * the weight and lost its name; but each feeds a product that feeds the addition of a bias, which has kept its name.
 *
 * <p>Reads the graph as a stream, each weight straight into memory of its own: to parse it whole would hold it twice.
 */
final class MinilmGraph {
    // Field numbers of onnx.proto.
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_BYTES = 9;

    private static final int FLOAT = 1;
    private static final int CHUNK = 1 << 16;

    private final CodedInputStream in;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    private MinilmGraph(InputStream in) {
        this.in = CodedInputStream.newInstance(in, CHUNK);
    }

    /** The floating-point weights of a BERT under their names, linear weights as {@code [out, in]}. */
    static Weights read(InputStream in) throws IOException {
        MinilmGraph graph = new MinilmGraph(in);
        graph.fields(field -> {
            if (field != MODEL_GRAPH) return false;
            graph.message(graph::graphField);
            return true;
        });
        return graph.weights();
    }

    private Weights weights() {
        Map<String, String> names = linearNames();
        Map<String, Array> weights = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (tensor.type != FLOAT) return;
            String linear = names.get(name);
            if (linear == null) weights.put(name, tensor.array());
            else weights.put(linear, tensor.transposed());
        });
        return new Weights(weights);
    }

    /** The names of the nameless weights: that of the bias which is added to the product, with "weight" for "bias". */
    private Map<String, String> linearNames() {
        Map<String, String> factors = new HashMap<>();
        for (Node node : nodes) {
            if (node.operator.equals("MatMul") && tensors.containsKey(node.inputs.get(1))) {
                factors.put(node.outputs.get(0), node.inputs.get(1));
            }
        }
        Map<String, String> names = new HashMap<>();
        for (Node node : nodes) {
            if (!node.operator.equals("Add")) continue;
            for (int i = 0; i < 2; i++) {
                String factor = factors.get(node.inputs.get(i));
                String bias = node.inputs.get(1 - i);
                if (factor != null && bias.endsWith(".bias")) names.put(factor, bias.replaceAll("bias$", "weight"));
            }
        }
        return names;
    }

    // ---- reading

    private boolean graphField(int field) throws IOException {
        switch (field) {
            case GRAPH_NODE -> {
                Node node = new Node();
                message(f -> node.field(in, f));
                nodes.add(node);
            }
            case GRAPH_INITIALIZER -> {
                Tensor tensor = new Tensor();
                message(f -> tensor.field(in, f));
                tensors.put(tensor.name, tensor);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void message(Field reader) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        fields(reader);
        in.popLimit(outer);
    }

    private void fields(Field reader) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!reader.read(WireFormat.getTagFieldNumber(tag))) in.skipField(tag);
        }
    }

    private interface Field {
        /** Reads the value of a field, or returns false without reading. */
        boolean read(int number) throws IOException;
    }

    private static final class Node {
        String operator = "";
        final List<String> inputs = new ArrayList<>();
        final List<String> outputs = new ArrayList<>();

        boolean field(CodedInputStream in, int number) throws IOException {
            switch (number) {
                case NODE_INPUT -> inputs.add(in.readString());
                case NODE_OUTPUT -> outputs.add(in.readString());
                case NODE_OPERATOR -> operator = in.readString();
                default -> {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class Tensor {
        String name = "";
        int type;
        final List<Long> shape = new ArrayList<>();
        ByteBuffer data;

        boolean field(CodedInputStream in, int number) throws IOException {
            switch (number) {
                case TENSOR_DIMS -> shape.add(in.readInt64());
                case TENSOR_TYPE -> type = in.readInt32();
                case TENSOR_NAME -> name = in.readString();
                case TENSOR_BYTES -> data = bytes(in);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private static ByteBuffer bytes(CodedInputStream in) throws IOException {
            int length = in.readRawVarint32();
            ByteBuffer data = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
            while (data.hasRemaining()) data.put(in.readRawBytes(Math.min(CHUNK, data.remaining())));
            return data.flip();
        }

        Array array() {
            return new Array(
                    DType.F32, shape.stream().mapToLong(Long::longValue).toArray(), data);
        }

        /** Transposes the matrix where it lies, by way of a copy that is soon forgotten. */
        Array transposed() {
            int rows = Math.toIntExact(shape.get(0));
            int columns = Math.toIntExact(shape.get(1));
            float[] from = new float[rows * columns];
            data.asFloatBuffer().get(from);
            float[] to = new float[from.length];
            int block = 16;
            for (int top = 0; top < rows; top += block) {
                for (int left = 0; left < columns; left += block) {
                    for (int column = left; column < Math.min(left + block, columns); column++) {
                        for (int row = top; row < Math.min(top + block, rows); row++) {
                            to[column * rows + row] = from[row * columns + column];
                        }
                    }
                }
            }
            data.asFloatBuffer().put(to);
            return new Array(DType.F32, new long[] {columns, rows}, data);
        }
    }
}
