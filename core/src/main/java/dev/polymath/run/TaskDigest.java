package dev.polymath.run;

import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.weights.Digest;
import dev.polymath.weights.Safetensors;
import dev.polymath.weights.Weights;
import java.util.Map;

/**
 * A digest of all that a task's answers come from: weights, configuration, tokenizer, and what was fitted. Two models in
 * which it is the same answer alike, whatever other tasks they have, so that vectors of one may be compared with the other's.
 * The graphs do not count: another version of the program may write the same computation down otherwise.
 */
public final class TaskDigest {
    private TaskDigest() {}

    /**
     * Of a task in its model; the backbone's digest is the one in {@code polymath.json}, so that its weights are not read.
     *
     * @return SHA-256 in lower-case hex
     * @throws dev.polymath.InputException if there is no such task
     */
    public static String of(ModelFolder folder, String name) {
        Task task = folder.task(name);
        SharingGroup group = folder.group(task);
        Map<String, ModelManifest.Entry> files = folder.manifest().files();
        StringBuilder parts = new StringBuilder();
        for (String file : new String[] {
            ModelLayout.CONFIG,
            ModelLayout.TOKENIZER,
            ModelLayout.GRAPHS + "/" + ModelLayout.MODEL,
            ModelLayout.sharedFile(group),
            ModelLayout.adapterFolder(name) + "/" + ModelLayout.ADAPTER_WEIGHTS
        }) {
            ModelManifest.Entry entry = files.get(file);
            parts.append(entry == null ? "-" : entry.sha256()).append('\n');
        }
        Weights head = Safetensors.read(folder.path().resolve(ModelLayout.HEADS))
                .filter(weight -> weight.startsWith(ModelLayout.headPrefix(name)));
        parts.append(Digest.sha256(head)).append('\n');
        parts.append(task.type()).append('\n').append(task.state()).append('\n');
        parts.append(folder.maxTokens(group)).append('\n').append(group.spec());
        return Digest.sha256(parts.toString());
    }
}
