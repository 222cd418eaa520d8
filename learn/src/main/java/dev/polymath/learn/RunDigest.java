package dev.polymath.learn;

import dev.polymath.data.Example;
import dev.polymath.data.Label;
import dev.polymath.project.PartSpec;
import dev.polymath.project.Parts;
import dev.polymath.project.TrainSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Digest;
import dev.polymath.weights.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A digest of everything that the result of a run depends on: a checkpoint goes on only where it is the same. It follows
 * from values alone, so that another process, or another order of a map, gives the same.
 */
final class RunDigest {
    private final StringBuilder all = new StringBuilder();

    RunDigest add(TrainSpec spec) {
        return add(spec.toString());
    }

    RunDigest add(PartSpec part) {
        return add(part.type() + ordered(part.knobs()));
    }

    /** With the keys of all mappings in order, those of mappings within it too. */
    private static Object ordered(Object knob) {
        if (knob instanceof List<?> list)
            return list.stream().map(RunDigest::ordered).toList();
        if (!(knob instanceof Map<?, ?> map)) return knob;
        TreeMap<String, Object> ordered = new TreeMap<>();
        map.forEach((key, value) -> ordered.put((String) key, ordered(value)));
        return ordered;
    }

    RunDigest add(Parts parts) {
        add(parts.balance()).add(parts.sampling());
        parts.habits().forEach(this::add);
        return this;
    }

    RunDigest add(SharingGroup group) {
        return add(group.name()).add(group.spec()).add(group.tasks().toString());
    }

    RunDigest add(Task task) {
        task.learning().forEach(this::add);
        return add(task.name()).add(task.type()).add(task.state().toString());
    }

    RunDigest add(EncodedRows rows) {
        add("rows " + rows.size());
        for (Encoding encoding : rows.all()) {
            int tokens = 31 * Arrays.hashCode(encoding.ids()) + Arrays.hashCode(encoding.types());
            add(tokens + " " + Arrays.hashCode(encoding.starts()));
        }
        for (Example example : rows.examples()) add(text(example.label()));
        return this;
    }

    RunDigest add(String text) {
        all.append(text).append('\n');
        return this;
    }

    /** The digest of all that was added and of the weights at the beginning, in hex. */
    String of(Weights initial) {
        return Digest.sha256(all + Digest.sha256(initial));
    }

    /** Not {@code toString} for tags, which would give the identity of their arrays. */
    private static String text(Label label) {
        if (!(label instanceof Label.Tags tags)) return String.valueOf(label);
        return tags.tags() + Arrays.toString(tags.starts()) + Arrays.toString(tags.ends());
    }
}
