package dev.polymath.task;

import dev.polymath.embedding.Matryoshka;
import dev.polymath.model.Hidden;
import dev.polymath.model.Reading;
import dev.polymath.ops.Ops;
import java.util.ArrayList;
import java.util.List;

/**
 * A task whose vectors are learned behind several layers at once: its output has those of each depth side by side, {@code
 * [rows, depths * width]}.
 *
 * @param depths how many layers each is behind, from below; all of them the last
 */
record NestedVectors(Embedder task, Matryoshka matryoshka, List<Integer> depths) implements Learner {
    @Override
    public Reading reading() {
        Reading all = task.pooling().reading(depths.get(0));
        for (int depth : depths) all = all.and(task.pooling().reading(depth));
        return all;
    }

    @Override
    public <T> T output(Ops<T> ops, Hidden<T> hidden) {
        Reading all = reading();
        int last = depths.get(depths.size() - 1);
        List<T> vectors = new ArrayList<>();
        for (int depth : depths) {
            Embedder own = task.at(depth, last);
            vectors.add(own.head(ops, own.reading(last).of(hidden, all)));
        }
        return ops.concat(1, vectors);
    }

    @Override
    public <T> T loss(Ops<T> ops, T output, T values, T weights) {
        T byDepth = ops.reshape(output, 0, depths.size(), -1);
        List<T> vectors = new ArrayList<>();
        for (int i = 0; i < depths.size(); i++) vectors.add(ops.reshape(ops.slice(byDepth, 1, i, i + 1L), 0, -1));
        return matryoshka.loss(task.made(), ops, vectors, values, weights);
    }
}
