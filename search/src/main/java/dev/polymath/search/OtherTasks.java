package dev.polymath.search;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.run.Polymath;
import dev.polymath.run.TaskDigest;
import dev.polymath.task.Interacting;
import dev.polymath.task.QualityTask;
import dev.polymath.task.Task;
import java.util.List;

/**
 * What an index has of a model beside vectors.
 *
 * @param reranker the task that ranks hits anew, of whose passages the index keeps what queries are compared with; null for that
 *     of the index, or none
 * @param quality the task by which documents are left out before they are written; null for none
 * @param keep the share of a collection's documents that stays then, above 0; 1 for all
 */
public record OtherTasks(String reranker, String quality, double keep) {
    public static final OtherTasks NONE = new OtherTasks(null, null, 1);

    public OtherTasks {
        if (!(keep > 0 && keep <= 1)) {
            throw new InputException("the share to keep is " + keep + "; it must be above 0 and at most 1");
        }
    }

    /** These, with another task that ranks anew. */
    public OtherTasks reranker(String other) {
        return new OtherTasks(other, quality, keep);
    }

    /** These, with documents left out. */
    public OtherTasks keep(String task, double share) {
        return new OtherTasks(reranker, task, share);
    }

    IndexDescription.Kept kept(Polymath model) {
        return reranker == null ? null : kept(model, reranker);
    }

    private static IndexDescription.Kept kept(Polymath model, String task) {
        reranker(model, task);
        return new IndexDescription.Kept(task, TaskDigest.of(model.folder(), task));
    }

    /** @throws InputException if the model's task is not the one that the index has kept for */
    static Interacting reranker(Polymath model, IndexDescription description) {
        IndexDescription.Kept kept = description.kept();
        if (kept == null) return null;
        if (!kept(model, kept.task()).equals(kept)) {
            throw new InputException(
                    "the index keeps what task '" + kept.task() + "' as it was then has of passages, and "
                            + model.folder().path() + " has another; index the collection anew");
        }
        return reranker(model, kept.task());
    }

    private static Interacting reranker(Polymath model, String name) {
        if (model.folder().task(name) instanceof Interacting task) return task;
        throw new InputException(
                "task '" + name + "' keeps nothing of passages: it is none of type rerank that reads query"
                        + " and passage each by itself (form: maxsim, say)"
                        + Choices.instead(name, names(model, Interacting.class)));
    }

    /** @return null where nothing is left out */
    QualityTask quality(Polymath model) {
        if (quality == null || keep == 1) return null;
        if (model.folder().task(quality) instanceof QualityTask task) return task;
        throw new InputException("task '" + quality + "' does not tell whether passages answer anything (type quality)"
                + Choices.instead(quality, names(model, QualityTask.class)));
    }

    private static List<String> names(Polymath model, Class<? extends Task> kind) {
        return model.tasks().stream().filter(kind::isInstance).map(Task::name).toList();
    }
}
