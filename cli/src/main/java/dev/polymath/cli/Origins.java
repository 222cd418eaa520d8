package dev.polymath.cli;

import dev.polymath.InputException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What new tasks begin from, as the command line says.
 *
 * @param like tasks of the model, by the new task
 * @param adapters folders that peft wrote, by the new task
 */
record Origins(Map<String, String> like, Map<String, Path> adapters) {
    /**
     * @param like of the form {@code NAME=TASK}, or {@code TASK} for all
     * @param adapters of the form {@code NAME=FOLDER}
     * @param coming names of the new tasks
     * @throws InputException if one is of another form, or names a task for the second time
     */
    static Origins parse(List<String> like, List<String> adapters, Collection<String> coming) {
        Map<String, String> tasks = new LinkedHashMap<>();
        for (String argument : like) {
            if (argument.indexOf('=') > 0) put(tasks, "--like", argument);
            else for (String name : coming) put(tasks, "--like", name + "=" + argument);
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (String argument : adapters) put(texts, "--adapter", argument);
        Map<String, Path> folders = new LinkedHashMap<>();
        texts.forEach((name, folder) -> folders.put(name, Path.of(folder)));
        return new Origins(tasks, folders);
    }

    private static void put(Map<String, String> all, String option, String argument) {
        int equals = argument.indexOf('=');
        if (equals < 1 || equals == argument.length() - 1) {
            String form = option.equals("--like") ? "NAME=TASK" : "NAME=FOLDER";
            throw new InputException(option + " " + argument + ": write " + form + ", where NAME is the new task");
        }
        String name = argument.substring(0, equals);
        String other = all.put(name, argument.substring(equals + 1));
        if (other == null) return;
        throw new InputException(option + " " + argument + ": '" + name + "' begins from " + other + " already");
    }
}
