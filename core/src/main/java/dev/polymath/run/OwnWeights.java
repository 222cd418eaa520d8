package dev.polymath.run;

import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import java.util.HashMap;
import java.util.Map;

/**
 * With which task's own weights each task's rows pass a trunk: its own, or, where they are the same, those of the first of its
 * group that has them to the bit. A text then passes once for all of these: tasks of {@code hierarchy} that read the same layer,
 * tasks of {@code skills} that have the same skills, tasks of {@code branch} that end on one leaf.
 */
final class OwnWeights {
    /** The position of a task that has none. */
    static final int NONE = -1;

    private final Map<String, Integer> positions = new HashMap<>();

    /** @param folder whose manifest tells by digests which tasks' weights are the same */
    OwnWeights(ModelFolder folder) {
        Map<String, ModelManifest.Entry> files = folder.manifest().files();
        for (SharingGroup group : folder.groups()) {
            boolean own = folder.byTask(group);
            Map<String, Integer> first = new HashMap<>();
            for (int i = 0; i < group.tasks().size(); i++) {
                String task = group.tasks().get(i);
                int position = i;
                positions.put(task, own ? first.computeIfAbsent(digest(files, task), digest -> position) : NONE);
            }
        }
    }

    private static String digest(Map<String, ModelManifest.Entry> files, String task) {
        String adapter = ModelLayout.adapterFolder(task) + "/" + ModelLayout.ADAPTER_WEIGHTS;
        return files.get(adapter).sha256();
    }

    /** The position in its group of the task whose weights are meant; {@link #NONE} where the group's tasks have none. */
    int position(Task task) {
        return positions.get(task.name());
    }
}
