package dev.polymath.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.task.Cosine;
import dev.polymath.task.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * What text-embeddings-inference answers, in its shapes: vectors, similarities, labels. Differences: {@code model} may
 * name a task; vectors have length 1 also where {@code normalize} is false, for that is what the tasks give; ids are
 * read as the text that they spell, special tokens aside.
 *
 * <p>Source: {@code router/src/http} of text-embeddings-inference.
 */
final class TeiEndpoints {
    private static final int MOST_DIMENSIONS = 1 << 20;

    private final Texts texts;
    private final RerankEndpoint rerank;

    TeiEndpoints(Texts texts, RerankEndpoint rerank) {
        this.texts = texts;
        this.rerank = rerank;
    }

    List<Route> routes() {
        return List.of(
                Route.asking("/embed", Dialect.TEI, this::embed),
                Route.asking("/embed_all", Dialect.TEI, this::embedAll),
                Route.asking("/embed_sparse", Dialect.TEI, this::embedSparse),
                Route.asking("/similarity", Dialect.TEI, this::similarity),
                Route.asking("/predict", Dialect.TEI, this::predict),
                Route.asking("/", Dialect.TEI, this::main),
                Route.asking("/invocations", Dialect.TEI, this::main),
                Route.asking("/vertex", Dialect.TEI, this::vertex));
    }

    private Plan embed(Fields body, ServedModel model) {
        Task task = model.embedding(body.text("model"));
        Truncation truncation = Truncation.of(body);
        body.flag("normalize", true);
        int dimensions = body.whole("dimensions", 1, MOST_DIMENSIONS, 0);
        List<String> inputs = truncation.applied(texts.read(body, "inputs", model), model);
        return Plan.of(Vectors.questions(inputs, task), (json, predictions) -> {
            truncation.check(predictions, model);
            json.writeStartArray();
            for (Prediction each : predictions) {
                Vectors.write(json, Vectors.shortened(Vectors.of(each, task), dimensions));
            }
            json.writeEndArray();
        });
    }

    private Plan embedAll(Fields body, ServedModel model) {
        Task task = model.embedding(body.text("model"));
        Truncation truncation = Truncation.of(body);
        if (!truncation.allowed()) {
            throw Fault.invalid("`truncate` is false; /embed_all cuts texts that are too long");
        }
        List<String> inputs = truncation.applied(texts.read(body, "inputs", model), model);
        int width = model.polymath().folder().backbone().width();
        return Plan.calling(inputs, polymath -> {
            List<float[]> states = polymath.states(task, inputs);
            return json -> {
                json.writeStartArray();
                for (float[] tokens : states) {
                    json.writeStartArray();
                    for (int from = 0; from < tokens.length; from += width) {
                        Vectors.write(json, tokens, from, from + width);
                    }
                    json.writeEndArray();
                }
                json.writeEndArray();
            };
        });
    }

    private Plan embedSparse(Fields body, ServedModel model) {
        throw new Fault(
                Fault.Kind.NOT_OF_THIS_MODEL,
                "the model is not an embedding model with SPLADE pooling; /embed has its vectors");
    }

    private Plan similarity(Fields body, ServedModel model) {
        Task task = model.embedding(body.text("model"));
        Truncation truncation = Truncation.ofParameters(body);
        Fields inputs = body.object("inputs");
        List<String> all = new ArrayList<>(List.of(inputs.requiredText("source_sentence")));
        all.addAll(texts.strings(inputs, "sentences"));
        texts.requireNotEmpty("inputs", all);
        texts.checked("inputs", all.subList(0, 1));
        return Plan.of(Vectors.questions(truncation.applied(all, model), task), (json, predictions) -> {
            truncation.check(predictions, model);
            float[] source = Vectors.of(predictions.get(0), task);
            json.writeStartArray();
            for (Prediction each : predictions.subList(1, predictions.size())) {
                json.writeNumber((float) Cosine.of(source, Vectors.of(each, task)));
            }
            json.writeEndArray();
        });
    }

    private Plan predict(Fields body, ServedModel model) {
        Task task = model.classification(body.text("model"));
        Truncation truncation = Truncation.of(body);
        boolean raw = body.flag("raw_scores", false);
        JsonNode inputs = body.required("inputs");
        boolean batch = inputs.isArray() && !inputs.isEmpty() && inputs.get(0).isArray();
        List<Input> asked = new ArrayList<>();
        if (batch) {
            for (JsonNode each : inputs) asked.add(input(each, "inputs[" + asked.size() + "]", task));
        } else {
            asked.add(input(inputs, "inputs", task));
        }
        texts.checked("inputs", asked.stream().map(Input::text).toList());
        texts.checked(
                "inputs",
                asked.stream()
                        .map(each -> each.text2() == null ? "" : each.text2())
                        .toList());
        List<Question> questions = asked.stream()
                .map(each -> new Question(cut(each, truncation, model), List.of(task.name()), raw))
                .toList();
        return Plan.of(questions, (json, predictions) -> {
            truncation.check(predictions, model);
            if (batch) json.writeStartArray();
            for (Prediction each : predictions) LabelScores.write(json, each, task, raw);
            if (batch) json.writeEndArray();
        });
    }

    private static Input cut(Input input, Truncation truncation, ServedModel model) {
        if (input.text2() != null) return input;
        return Input.of(truncation.applied(List.of(input.text()), model).get(0));
    }

    /** {@code "a"}, {@code ["a"]}, or the pair {@code ["a","b"]}. */
    private Input input(JsonNode value, String place, Task task) {
        List<String> parts = new ArrayList<>();
        if (value.isTextual()) parts.add(value.textValue());
        else if (value.isArray() && value.size() <= 2) {
            for (JsonNode part : value) {
                if (!part.isTextual()) throw Fields.wrong(place, "a string, or a list of one or two", part);
                parts.add(part.textValue());
            }
        } else {
            throw Fields.wrong(place, "a string, or a list of one or two", value);
        }
        texts.requireSome(place, parts);
        if (parts.get(0).isEmpty() && (parts.size() == 1 || parts.get(1).isEmpty())) {
            throw new Fault(Fault.Kind.EMPTY, "`inputs` cannot be empty");
        }
        if (task.pairs() != (parts.size() == 2)) {
            throw Fault.invalid("task '" + task.name() + "' reads " + (task.pairs() ? "pairs of texts" : "single texts")
                    + "; `" + place + "` is " + (task.pairs() ? "a single text" : "a pair"));
        }
        return new Input(parts.get(0), parts.size() == 2 ? parts.get(1) : null);
    }

    /** What the model is there for: vectors, else re-ranking, else labels. */
    private Plan main(Fields body, ServedModel model) {
        if (model.hasEmbedding()) return embed(body, model);
        return model.reranking(null) == null ? predict(body, model) : rerank.tei(body, model);
    }

    private Plan vertex(Fields body, ServedModel model) {
        List<Plan> plans = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        for (Fields instance : body.objects("instances")) {
            Plan plan = main(instance, model);
            plans.add(plan);
            questions.addAll(plan.questions());
        }
        if (plans.isEmpty()) throw new Fault(Fault.Kind.EMPTY, "`instances` cannot be empty");
        texts.checked(
                "instances", questions.stream().map(each -> each.input().text()).toList());
        return Plan.of(questions, (json, predictions) -> {
            json.writeStartObject();
            json.writeArrayFieldStart("predictions");
            int from = 0;
            for (Plan plan : plans) {
                int to = from + plan.questions().size();
                plan.answer().write(json, predictions.subList(from, to));
                from = to;
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
