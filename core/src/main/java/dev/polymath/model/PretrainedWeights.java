package dev.polymath.model;

import dev.polymath.InputException;
import dev.polymath.weights.Array;
import dev.polymath.weights.DType;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Picks the weights that a backbone needs out of those that a checkpoint has, which may have heads and other names. */
final class PretrainedWeights {
    /** What stands before the names of the base model in a checkpoint that has a head as well. */
    private static final List<String> PREFIXES = List.of("", "bert.", "roberta.", "distilbert.", "mpnet.", "model.");

    private static final Set<DType> FLOATS = Set.of(DType.F32, DType.F16, DType.BF16);

    private PretrainedWeights() {}

    /**
     * The weights that a backbone needs, in F32 and under the names of the plain base model.
     *
     * @throws InputException if one is missing, or has another shape, or is not of floating point
     */
    static Weights of(Backbone backbone, Weights checkpoint) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        backbone.shapes().forEach((name, shape) -> {
            String found = find(checkpoint, name);
            if (found == null) {
                missing.add(name);
            } else {
                arrays.put(name, fitted(found, checkpoint.get(found), shape));
            }
        });
        if (missing.isEmpty()) return new Weights(arrays);
        throw new InputException("the weights lack " + missing.get(0)
                + (missing.size() > 1 ? " and " + (missing.size() - 1) + " more" : "") + " of the "
                + backbone.shapes().size() + " tensors that config.json (" + backbone.type() + ", " + backbone.layers()
                + " layers) asks for");
    }

    /** The name in the checkpoint, or null. The oldest ones call the weight of a layer norm gamma and its bias beta. */
    private static String find(Weights checkpoint, String name) {
        for (String prefix : PREFIXES) {
            if (checkpoint.has(prefix + name)) return prefix + name;
        }
        if (!name.contains("LayerNorm.")) return null;
        String old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        return old.equals(name) ? null : find(checkpoint, old);
    }

    private static Array fitted(String name, Array array, long[] shape) {
        if (!Arrays.equals(array.shape(), shape)) {
            throw new InputException("the tensor " + name + " has the shape " + Arrays.toString(array.shape())
                    + ", but config.json makes it " + Arrays.toString(shape));
        }
        if (!FLOATS.contains(array.type())) {
            throw new InputException(
                    "the tensor " + name + " is of type " + array.type() + "; there are F32, F16, BF16");
        }
        return array.type() == DType.F32 ? array : Array.of(array.floats(), shape);
    }
}
