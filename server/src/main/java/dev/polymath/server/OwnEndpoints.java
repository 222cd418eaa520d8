package dev.polymath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.polymath.run.Input;
import dev.polymath.run.Prediction;
import dev.polymath.run.Question;
import dev.polymath.task.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Polymath's own endpoints: the model's tasks, their answers in the shape of {@code polymath predict}, and the load. */
final class OwnEndpoints {
    private final Texts texts;
    private final Batcher batcher;
    private final RecentLoad load;

    OwnEndpoints(Texts texts, Batcher batcher, RecentLoad load) {
        this.texts = texts;
        this.batcher = batcher;
        this.load = load;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/tasks", false, exchange -> {
                    ServedModel model = exchange.model();
                    exchange.json(json -> tasks(json, model));
                }),
                Route.get("/v1/stats", true, this::stats),
                new Route(
                        "POST",
                        "/v1/predict",
                        Dialect.TEI,
                        false,
                        exchange -> exchange.answer((body, model) -> predict(body, model, exchange.acceptsLines()))));
    }

    private Plan predict(Fields body, ServedModel model, boolean lines) {
        body.only("texts", "inputs", "tasks", "raw", "windows");
        List<String> tasks = body.has("tasks") ? body.texts("tasks") : List.of();
        if (body.has("tasks") && tasks.isEmpty()) {
            throw Fault.invalid("`tasks` is empty; name some, or leave it out for all");
        }
        boolean raw = body.flag("raw", false);
        boolean windows = body.flag("windows", false);
        List<Input> inputs = inputs(body).stream()
                .map(input -> windows ? input.inWindows() : input)
                .toList();
        List<Task> asked = tasks.isEmpty()
                ? model.tasks()
                : tasks.stream().map(model::task).toList();
        for (int i = 0; i < inputs.size(); i++) requireFits(inputs.get(i), i, asked, tasks.isEmpty());
        List<Question> questions =
                inputs.stream().map(input -> new Question(input, tasks, raw)).toList();
        return new Plan(questions, null, (json, predictions) -> write(json, predictions, lines), null, lines);
    }

    private List<Input> inputs(Fields body) {
        if (body.has("texts") == body.has("inputs")) {
            throw Fault.invalid("send either `texts`, a list of strings, or `inputs`, a list of {\"text\",\"text2\"}");
        }
        if (body.has("texts")) {
            return texts.strings(body, "texts").stream().map(Input::of).toList();
        }
        List<Input> inputs = new ArrayList<>();
        for (Fields each : body.objects("inputs")) {
            each.only("text", "text2");
            inputs.add(new Input(each.requiredText("text"), each.text("text2")));
        }
        texts.requireSome("inputs", inputs.stream().map(Input::text).toList());
        texts.checked("inputs", inputs.stream().map(Input::text).toList());
        texts.checked(
                "inputs",
                inputs.stream()
                        .map(each -> each.text2() == null ? "" : each.text2())
                        .toList());
        return inputs;
    }

    /** Each task that was named must apply; of all tasks, one. */
    private static void requireFits(Input input, int index, List<Task> asked, boolean all) {
        if (input.text2() != null) return;
        List<Task> pairs = asked.stream().filter(Task::pairs).toList();
        if (pairs.isEmpty() || all && pairs.size() < asked.size()) return;
        throw Fault.invalid("task '" + pairs.get(0).name() + "' reads pairs of texts, and input " + index
                + " has no second text; send `inputs` with \"text\" and \"text2\"");
    }

    private static void write(JsonGenerator json, List<Prediction> predictions, boolean lines) throws IOException {
        if (lines) json.setRootValueSeparator(new SerializedString("\n"));
        else json.writeStartArray();
        for (Prediction each : predictions) json.writeTree(each.json());
        if (lines) json.writeRaw('\n');
        else json.writeEndArray();
    }

    /** {@code {"model":...,"tasks":[...],"search":...}}; also what is answered when another model has been loaded. */
    static void tasks(JsonGenerator json, ServedModel model) throws IOException {
        json.writeStartObject();
        json.writeStringField("model", model.name());
        json.writeNumberField("max_tokens", model.maxTokens());
        json.writeArrayFieldStart("tasks");
        for (Task task : model.tasks()) {
            json.writeStartObject();
            json.writeStringField("name", task.name());
            json.writeStringField("type", task.type());
            json.writeBooleanField("pairs", task.pairs());
            json.writeArrayFieldStart("labels");
            for (String label : task.labels()) json.writeString(label);
            json.writeEndArray();
            // Neither a project nor a backbone declares any.
            json.writeNullField("languages");
            ServedModel.Sizes sizes = model.sizes(task);
            json.writeNumberField("outputs", sizes.outputs());
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("head", sizes.head());
            json.writeNumberField("own", sizes.own());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeBooleanField("search", model.index() != null);
        if (model.index() != null) {
            json.writeFieldName("index");
            model.index().write(json);
        }
        json.writeEndObject();
    }

    private void stats(Exchange exchange) throws IOException {
        RecentLoad.Summary summary = load.summary();
        exchange.json(json -> {
            json.writeStartObject();
            json.writeNumberField("requests_per_second", summary.requestsPerSecond());
            json.writeNumberField("texts_per_second", summary.textsPerSecond());
            json.writeObjectFieldStart("latency_ms");
            json.writeNumberField("p50", summary.p50());
            json.writeNumberField("p99", summary.p99());
            json.writeEndObject();
            json.writeNumberField("queue", batcher.waiting());
            json.writeEndObject();
        });
    }
}
