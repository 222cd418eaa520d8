package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.polymath.InputException;
import dev.polymath.run.Polymath;
import dev.polymath.search.IndexDescription;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchMode;
import dev.polymath.task.Cut;
import dev.polymath.task.Interacting;
import dev.polymath.task.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** An index while it is served together with the model whose vectors it has. */
final class ServedIndex implements AutoCloseable {
    private static final String RERANK = "rerank";
    private static final String REGRESS = "regress";

    private final Path folder;
    private final SearchIndex index;
    private final Task task;
    private final List<String> rerankers;
    private final Set<String> comparing;
    /** Why what was committed last cannot be shown; null where it is shown. */
    private volatile String trouble;

    /** An index that cannot be served with this model. */
    static final class Misfit extends InputException {
        private static final long serialVersionUID = 1L;

        Misfit(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private ServedIndex(Path folder, SearchIndex index, Polymath model) {
        this.folder = folder;
        this.index = index;
        this.task = model.folder().task(index.description().settings().task());
        this.rerankers = rerankers(model.tasks());
        this.comparing = model.tasks().stream()
                .filter(Interacting.class::isInstance)
                .map(Task::name)
                .collect(Collectors.toSet());
    }

    /** @throws Misfit if there is no index, it is damaged, or not of this model's vectors */
    static ServedIndex open(Path folder, Polymath model) {
        try {
            return new ServedIndex(folder, SearchIndex.open(folder, model), model);
        } catch (InputException e) {
            String message = e.getMessage();
            String place = folder.toString();
            throw new Misfit(
                    message.contains(place) ? message : "the index " + place + " cannot be searched in: " + message, e);
        }
    }

    /** Tasks that read a query with a text and give a number; those that were made for ranking, where there are some. */
    private static List<String> rerankers(List<Task> tasks) {
        List<String> made = names(tasks, RERANK);
        return made.isEmpty() ? names(tasks, REGRESS) : made;
    }

    private static List<String> names(List<Task> tasks, String type) {
        return tasks.stream()
                .filter(each -> each.pairs() && each.type().equals(type))
                .map(Task::name)
                .toList();
    }

    Path folder() {
        return folder;
    }

    SearchIndex index() {
        return index;
    }

    /** The task whose vectors it has. */
    Task task() {
        return task;
    }

    /** Which of the task's vectors it has. */
    Cut cut() {
        return index.description().settings().cut();
    }

    /** Names of the model's tasks that can rank hits anew. */
    List<String> rerankers() {
        return rerankers;
    }

    /** Whether a task compares what it has of the query with what it has of passages. */
    boolean compares(String reranker) {
        return comparing.contains(reranker);
    }

    /** Shows what was committed since; where that is damaged, what there was is shown on, and {@link #write} says so. */
    void refresh() {
        try {
            index.refresh();
            trouble = null;
        } catch (RuntimeException e) {
            trouble = e.getMessage();
        }
    }

    /** {@code {"documents":...,"passages":...,"task":...,"modes":[...]}}. */
    void write(JsonGenerator json) throws IOException {
        IndexDescription description = index.description();
        json.writeStartObject();
        json.writeNumberField("documents", index.size());
        json.writeNumberField("passages", index.passages());
        json.writeStringField("task", task.name());
        json.writeNumberField("dimensions", description.dimensions());
        json.writeStringField("words", description.settings().words().key());
        json.writeArrayFieldStart("modes");
        for (String mode : modes()) json.writeString(mode);
        json.writeEndArray();
        json.writeArrayFieldStart("rerankers");
        for (String name : rerankers) json.writeString(name);
        json.writeEndArray();
        String told = trouble;
        if (told != null) json.writeStringField("stale", told);
        json.writeEndObject();
    }

    /** What documents may be found by, the standard first. */
    static List<String> modes() {
        return List.of(SearchMode.HYBRID.key(), SearchMode.DENSE.key(), SearchMode.LEXICAL.key());
    }

    @Override
    public void close() {
        index.close();
    }
}
