package dev.polymath.ops;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Runs a {@link Program} as an ONNX graph in memory, on ONNX Runtime. Every axis of every input is left open. */
public final class OnnxEval implements AutoCloseable {
    private static final String OUTPUT = "output";

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    private OnnxEval(byte[] graph) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(graph, options);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The graph of a program whose inputs have the types and ranks of {@code like}. */
    public static OnnxEval of(Program program, Weights weights, List<Array> like) {
        return trace(program::apply, weights, like);
    }

    /** The program's output for these inputs (F32 or I64). */
    public static Array eval(Program program, Weights weights, List<Array> inputs) {
        try (OnnxEval graph = of(program, weights, inputs)) {
            return graph.run(inputs);
        }
    }

    /** As {@link #of}, for a computation that is written for graphs only (so that a lambda will do). */
    static OnnxEval trace(
            BiFunction<OnnxOps, List<OnnxOps.Edge>, OnnxOps.Edge> program, Weights weights, List<Array> like) {
        OnnxOps ops = new OnnxOps("program", weights);
        List<OnnxOps.Edge> edges = new ArrayList<>();
        for (int i = 0; i < like.size(); i++) {
            Array input = like.get(i);
            edges.add(ops.input("input" + i, input.type(), axes("input" + i, input.shape().length)));
        }
        OnnxOps.Edge result = program.apply(ops, edges);
        ops.output(OUTPUT, result, axes(OUTPUT, result.rank()));
        return new OnnxEval(ops.bytes());
    }

    /** The output for inputs of any size, of the ranks that the graph was made for. */
    public Array run(List<Array> inputs) {
        Map<String, OnnxTensorLike> feed = new LinkedHashMap<>();
        try {
            for (int i = 0; i < inputs.size(); i++) feed.put("input" + i, tensor(inputs.get(i)));
            try (OrtSession.Result result = session.run(feed)) {
                return array((OnnxTensor) result.get(0));
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            feed.values().forEach(OnnxTensorLike::close);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private OnnxTensor tensor(Array array) throws OrtException {
        return array.type() == DType.I64
                ? OnnxTensor.createTensor(environment, array.data().asLongBuffer(), array.shape())
                : OnnxTensor.createTensor(environment, array.data().asFloatBuffer(), array.shape());
    }

    private static Array array(OnnxTensor tensor) {
        long[] shape = tensor.getInfo().getShape();
        DType type =
                switch (tensor.getInfo().type) {
                    case FLOAT -> DType.F32;
                    case INT64 -> DType.I64;
                    default -> throw new IllegalStateException("an output of type " + tensor.getInfo().type);
                };
        return new Array(type, shape, tensor.getByteBuffer());
    }

    private static String[] axes(String input, int rank) {
        String[] axes = new String[rank];
        for (int i = 0; i < rank; i++) axes[i] = input + "_axis" + i;
        return axes;
    }
}
