package dev.polymath.sharing;

import dev.polymath.model.Projection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a part's first weights follow from where they are components of the backbone's weights, chosen by what the
 * projections read of some texts, the context. Yang et al. 2024, <i>CorDA: Context-Oriented Decomposition Adaptation of
 * Large Language Models</i>, arXiv:2406.05223.
 *
 * @param projections those to take components of, by their sites
 * @param rank how many of each
 * @param context whose texts, for each task, and which components
 * @param texts the most texts of a context
 */
public record Orientation(Map<String, Projection> projections, int rank, Context context, int texts) {
    public Orientation {
        projections = new LinkedHashMap<>(projections);
    }

    /** Whose texts are a task's context. */
    public enum Context {
        /**
         * Its own, of whose components the largest are taken, which do the most there: the paper's instruction-previewed
         * adaptation.
         */
        TASK,
        /**
         * The other tasks', of whose components the smallest are taken, which do the least there: the paper's
         * knowledge-preserved adaptation.
         */
        OTHERS
    }
}
