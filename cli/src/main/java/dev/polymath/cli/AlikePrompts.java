package dev.polymath.cli;

import dev.polymath.run.ModelFolder;
import dev.polymath.sharing.PromptTransfer;
import dev.polymath.sharing.TrainedPart;
import dev.polymath.task.Task;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Which tasks' prompts are most like those of new tasks: from them these might begin, see {@link PromptTransfer}. */
final class AlikePrompts {
    private static final int SHOWN = 5;

    private AlikePrompts() {}

    /** A line for each new task with a prompt, if others have one too. */
    static List<String> lines(ModelFolder model, Collection<String> coming) {
        Map<String, Weights> prompts = new LinkedHashMap<>();
        for (Task task : model.tasks()) {
            if (!model.group(task).spec().type().equals("prompt")) continue;
            TrainedPart part = model.part(task);
            prompts.put(task.name(), part.own());
        }
        List<String> lines = new ArrayList<>();
        for (String task : coming) {
            if (!prompts.containsKey(task) || prompts.size() == 1) continue;
            Map<String, Weights> others = new LinkedHashMap<>(prompts);
            others.remove(task);
            String alike = PromptTransfer.similarities(prompts.get(task), others).entrySet().stream()
                    .limit(SHOWN)
                    .map(each -> String.format(Locale.ROOT, "%s %.2f", each.getKey(), each.getValue()))
                    .collect(Collectors.joining(", "));
            lines.add("cosine of the prompt of " + task + " to those of: " + alike);
        }
        return lines;
    }
}
