package dev.polymath.ops;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX graph in the making. Nodes that compute the same thing are kept once, and what no output needs is left out of
 * the model.
 */
final class OnnxGraph {
    /** Version 8 of the format goes with opset 17, the first with LayerNormalization. */
    private static final int IR_VERSION = 8;

    private static final int OPSET = 17;

    private final String name;
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final List<ValueInfoProto> outputs = new ArrayList<>();
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<NodeProto, List<String>> known = new HashMap<>();
    private final Map<String, Array> initializers = new LinkedHashMap<>();
    private final Map<Array, String> constants = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private int counter;

    OnnxGraph(String name) {
        this.name = name;
    }

    void input(String input, DType type, String... axes) {
        take(input);
        inputs.add(value(input, type, axes));
    }

    void output(String output, DType type, String edge, String... axes) {
        take(output);
        outputs.add(value(output, type, axes));
        nodes.add(NodeProto.newBuilder()
                .setOpType("Identity")
                .setName(output + "_result")
                .addInput(edge)
                .addOutput(output)
                .build());
    }

    /** Declares a weight; the second time of a name does nothing. */
    void weight(String weight, Array array) {
        if (!initializers.containsKey(weight)) {
            take(weight);
            initializers.put(weight, array);
        }
    }

    /** The edge that carries the constant; equal constants share one. */
    String constant(Array array) {
        return constants.computeIfAbsent(array, a -> {
            String edge = fresh("constant");
            initializers.put(edge, a);
            return edge;
        });
    }

    /** The output edges of a node that has {@code outputs}; an equal node there already is used again. */
    List<String> node(String operator, int outputs, List<String> operands, AttributeProto... attributes) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).addAllInput(operands);
        for (AttributeProto attribute : attributes) node.addAttribute(attribute);
        return known.computeIfAbsent(node.build(), n -> {
            List<String> edges = new ArrayList<>();
            for (int i = 0; i < outputs; i++) edges.add(fresh(operator));
            nodes.add(n.toBuilder().setName(edges.get(0)).addAllOutput(edges).build());
            return List.copyOf(edges);
        });
    }

    /**
     * The model as far as its outputs need it.
     *
     * @param storage where initializers lie that are not kept inside
     */
    ModelProto model(Storage storage) {
        Set<String> needed = needed();
        GraphProto.Builder graph = GraphProto.newBuilder().setName(name);
        graph.addAllInput(inputs).addAllOutput(outputs);
        initializers.forEach((weight, array) -> {
            if (needed.contains(weight)) graph.addInitializer(tensor(weight, array, storage));
        });
        for (NodeProto node : nodes) if (node.getOutputList().stream().anyMatch(needed::contains)) graph.addNode(node);
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("polymath")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph)
                .build();
    }

    /** Edges that an output depends on, the outputs included. */
    private Set<String> needed() {
        Map<String, NodeProto> makers = new HashMap<>();
        for (NodeProto node : nodes) node.getOutputList().forEach(edge -> makers.put(edge, node));
        Set<String> needed = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        for (ValueInfoProto output : outputs) open.add(output.getName());
        while (!open.isEmpty()) {
            String edge = open.remove();
            if (needed.add(edge) && makers.containsKey(edge))
                open.addAll(makers.get(edge).getInputList());
        }
        return needed;
    }

    private static TensorProto tensor(String name, Array array, Storage storage) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name);
        tensor.setDataType(code(array.type()));
        for (long size : array.shape()) tensor.addDims(size);
        Storage.Place place = storage.place(name, array);
        if (place == null)
            return tensor.setRawData(ByteString.copyFrom(array.data())).build();
        return tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", place.file()))
                .addExternalData(entry("offset", Long.toString(place.offset())))
                .addExternalData(entry("length", Long.toString(place.length())))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ValueInfoProto value(String name, DType type, String... axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String axis : axes) shape.addDim(dimension(axis));
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(code(type)).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static TensorShapeProto.Dimension dimension(String axis) {
        TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
        boolean fixed = !axis.isEmpty() && axis.chars().allMatch(Character::isDigit);
        return (fixed ? dimension.setDimValue(Long.parseLong(axis)) : dimension.setDimParam(axis)).build();
    }

    /** ONNX's number of an element type. */
    static int code(DType type) {
        return (switch (type) {
                    case F32 -> TensorProto.DataType.FLOAT;
                    case F16 -> TensorProto.DataType.FLOAT16;
                    case BF16 -> TensorProto.DataType.BFLOAT16;
                    case I64 -> TensorProto.DataType.INT64;
                    case I32 -> TensorProto.DataType.INT32;
                    case I8 -> TensorProto.DataType.INT8;
                    case U8 -> TensorProto.DataType.UINT8;
                    case BOOL -> TensorProto.DataType.BOOL;
                })
                .getNumber();
    }

    private String fresh(String stem) {
        String edge;
        do edge = stem + "_" + counter++;
        while (!taken.add(edge));
        return edge;
    }

    private void take(String edge) {
        if (!taken.add(edge)) throw new IllegalArgumentException("the graph already has a value named " + edge);
    }

    /** Decides which initializers lie outside the graph. */
    @FunctionalInterface
    interface Storage {
        /** Where the bytes lie, or null to keep them inside the graph. */
        Place place(String weight, Array array);

        /**
         * @param file name of a file beside the graph
         * @param offset first byte
         * @param length in bytes
         */
        record Place(String file, long offset, long length) {}
    }
}
