package dev.polymath.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.task.Cut;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What an index remembers of how it was made. It lies in Lucene's commit, so that it changes together with the documents, and
 * under the same checksum.
 *
 * @param model the folder of the model whose vectors it has, absolute; or {@code minilm}
 * @param digest of the task that gave them, as {@link dev.polymath.run.TaskDigest} has it
 * @param dimensions of the vectors
 * @param settings how it was made, with the task's name and the passages' length as they were decided
 * @param fusion how hybrid search fuses unless a query says otherwise
 * @param kept null where nothing is kept for a task that ranks anew
 */
public record IndexDescription(
        Path model, String digest, int dimensions, IndexSettings settings, Fusion fusion, Kept kept) {
    /**
     * A task that ranks hits anew, of whose passages the index keeps what the task compares queries with.
     *
     * @param task its name
     * @param digest as {@link dev.polymath.run.TaskDigest} has it
     */
    public record Kept(String task, String digest) {}

    /** Raised whenever an older Polymath could no longer read an index. */
    private static final int FORMAT = 1;

    private static final String KEY = "polymath";
    private static final ObjectMapper JSON = new ObjectMapper();

    public IndexDescription {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(settings.task(), "task");
        Objects.requireNonNull(fusion, "fusion");
    }

    /**
     * Of the index in a folder.
     *
     * @return null if the folder is not there, or empty
     * @throws InputException if something else is there, or the index is damaged
     */
    public static IndexDescription of(Path folder) {
        return IndexFolder.describe(folder);
    }

    /**
     * Of an index that is to be written.
     *
     * @param there what the index says of itself; null for a new one
     * @param kept the task whose passages are to be kept; null for that of the index, or none
     * @throws InputException if it has vectors of another model, or was made with other settings than BM25's
     */
    static IndexDescription decided(
            Path folder, IndexDescription there, Embedding embedding, IndexSettings settings, Kept kept) {
        int most = embedding.maxTokens();
        if (settings.passageTokens() > most) {
            throw new InputException(
                    "passages of " + settings.passageTokens() + " tokens are longer than the model reads, " + most);
        }
        IndexSettings decided = settings.task(embedding.task())
                .cut(embedding.cut())
                .passageTokens(settings.passageTokens() == 0 ? most : settings.passageTokens());
        if (there != null) {
            // Other vectors of the same task are told as such, not as those of another model.
            boolean same = there.settings().cut().equals(decided.cut());
            if (same) embedding.requireFits(folder, there);
            if (!there.settings().bm25(decided.k1(), decided.b()).equals(decided)) {
                throw new InputException(folder + " was made with other settings; it has " + there.settings()
                        + ", and asked for is " + decided
                        + "; leave them out, or index the collection into another folder");
            }
        }
        if (there != null && kept != null && !kept.equals(there.kept())) {
            throw new InputException(folder + " keeps "
                    + (there.kept() == null
                            ? "nothing of passages for ranking anew"
                            : "what task '" + there.kept().task() + "' as it was then has of passages")
                    + ", and asked for is task '" + kept.task() + "'; index the collection into another folder");
        }
        return new IndexDescription(
                embedding.modelPath(),
                embedding.digest(),
                embedding.dimensions(),
                decided,
                there == null ? Fusion.DEFAULT : there.fusion(),
                there == null ? kept : there.kept());
    }

    IndexDescription with(Fusion other) {
        return new IndexDescription(model, digest, dimensions, settings, other, kept);
    }

    /** As the data of a commit. */
    Map<String, String> commitData() {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("model", model.toString())
                .put("digest", digest)
                .put("dimensions", dimensions)
                .put("task", settings.task())
                .put("words", settings.words().key())
                .put("vectors", settings.vectors().key())
                .put("k1", settings.k1())
                .put("b", settings.b())
                .put("passage_tokens", settings.passageTokens())
                .put("connections", settings.connections())
                .put("beam", settings.beam());
        if (!settings.cut().isNone()) {
            json.putObject("cut")
                    .put("dimensions", settings.cut().dimensions())
                    .put("depth", settings.cut().depth());
        }
        json.set("fusion", fusion.json());
        if (kept != null) json.putObject("kept").put("task", kept.task).put("digest", kept.digest);
        return Map.of(KEY, json.toString());
    }

    /** @throws InputException if the data are not an index's of Polymath, or of a newer format */
    static IndexDescription of(Path folder, Map<String, String> commitData) {
        String text = commitData.get(KEY);
        if (text == null) throw new InputException(folder + " is an index of Lucene, but not one of Polymath");
        try {
            JsonNode json = JSON.readTree(text);
            int format = json.get("format").asInt();
            if (format > FORMAT) {
                throw new InputException(folder + " was written by a newer Polymath: its format is " + format
                        + ", and this one reads up to " + FORMAT);
            }
            IndexSettings settings = new IndexSettings(
                    json.get("task").asText(),
                    WordAnalysis.named(json.get("words").asText()),
                    VectorStorage.named(json.get("vectors").asText()),
                    json.get("k1").asDouble(),
                    json.get("b").asDouble(),
                    json.get("passage_tokens").asInt(),
                    json.get("connections").asInt(),
                    json.get("beam").asInt(),
                    new Cut(
                            json.path("cut").path("dimensions").asInt(0),
                            json.path("cut").path("depth").asInt(0)));
            return new IndexDescription(
                    Path.of(json.get("model").asText()),
                    json.get("digest").asText(),
                    json.get("dimensions").asInt(),
                    settings,
                    Fusion.of(json.get("fusion")),
                    json.has("kept")
                            ? new Kept(
                                    json.get("kept").get("task").asText(),
                                    json.get("kept").get("digest").asText())
                            : null);
        } catch (JsonProcessingException e) {
            throw new InputException(folder + ": what the index remembers of itself is not JSON", e);
        }
    }
}
