package dev.polymath.learn;

import dev.polymath.InputException;
import dev.polymath.model.Backbone;
import dev.polymath.model.Pretrained;
import dev.polymath.model.Projection;
import dev.polymath.sharing.Factors;
import dev.polymath.sharing.Orientation;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.text.Encoding;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link dev.polymath.sharing.Sharing#orientation} asks for: for each task of a group the components of the projections'
 * weights by a context of training texts. The same texts and the same backbone give the same, so a run that is resumed
 * begins where it began. Costs a task a pass of its context without gradients, and a singular value decomposition for each
 * projection, on one core 0.4 s for one from 384 to 384 and 3 s from 1536 to 384.
 */
final class ContextComponents {
    private final Pretrained pretrained;
    private final List<String> tasks;
    private final List<EncodedRows> rows;
    private final int padId;

    /**
     * @param tasks names of all tasks that are learned
     * @param rows what each learns from
     * @param padId the token id that fills up short texts
     */
    ContextComponents(Pretrained pretrained, List<String> tasks, List<EncodedRows> rows, int padId) {
        this.pretrained = pretrained;
        this.tasks = tasks;
        this.rows = rows;
        this.padId = padId;
    }

    /**
     * Checks that each task of a group will have a context.
     *
     * @param tasks how many there are in all
     * @throws InputException if they are to have other tasks' texts and there is no other, or the backbone has no place for
     *     the part
     */
    static void check(SharingGroup group, Backbone backbone, int tasks) {
        Orientation orientation = group.part().orientation(backbone);
        if (orientation == null || orientation.context() == Orientation.Context.TASK || tasks > 1) return;
        throw new InputException("with 'context: others', " + group.tasks().get(0)
                + " begins from the texts of the other tasks that are learned with it, and there is none;"
                + " 'context: task' takes its own");
    }

    /**
     * By task and then by site; empty for a part that asks for nothing.
     *
     * @throws InputException as {@link #check}
     */
    Map<String, Map<String, Factors>> of(SharingGroup group) {
        check(group, pretrained.backbone(), tasks.size());
        Orientation orientation = group.part().orientation(pretrained.backbone());
        if (orientation == null) return Map.of();
        Map<String, Map<String, Factors>> components = new LinkedHashMap<>();
        for (String task : group.tasks()) components.put(task, components(orientation, context(orientation, task)));
        return components;
    }

    private Map<String, Factors> components(Orientation orientation, List<Encoding> context) {
        Map<String, double[]> moments = ContextMoments.of(
                pretrained.backbone(), pretrained.weights(), orientation.projections(), context, padId);
        Map<String, Factors> components = new LinkedHashMap<>();
        orientation.projections().forEach((site, projection) -> {
            ContextDecomposition all =
                    ContextDecomposition.of(weight(pretrained.weights(), projection), moments.remove(site));
            components.put(
                    site,
                    switch (orientation.context()) {
                        case TASK -> all.largest(orientation.rank());
                        case OTHERS -> all.smallest(orientation.rank());
                    });
        });
        return components;
    }

    private static Array weight(Weights pretrained, Projection projection) {
        return pretrained.get(projection.weight()).rows((int) projection.from(), (int) projection.out());
    }

    /** A task's own texts, or as many of each other task as of the next. */
    List<Encoding> context(Orientation orientation, String task) {
        boolean own = orientation.context() == Orientation.Context.TASK;
        List<EncodedRows> sources = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (tasks.get(i).equals(task) == own) sources.add(rows.get(i));
        }
        List<Encoding> context = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            long from = (long) i * orientation.texts() / sources.size();
            long to = (i + 1L) * orientation.texts() / sources.size();
            context.addAll(spread(sources.get(i).firsts(), (int) (to - from)));
        }
        return context;
    }

    /** At even distances, since a file may be sorted by its labels. */
    private static List<Encoding> spread(List<Encoding> texts, int most) {
        int count = Math.min(most, texts.size());
        List<Encoding> spread = new ArrayList<>();
        for (int i = 0; i < count; i++) spread.add(texts.get((int) ((long) i * texts.size() / count)));
        return spread;
    }
}
