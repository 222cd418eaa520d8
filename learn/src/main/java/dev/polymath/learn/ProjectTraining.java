package dev.polymath.learn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.polymath.InputException;
import dev.polymath.data.Example;
import dev.polymath.learn.balance.Balancers;
import dev.polymath.learn.habit.Habits;
import dev.polymath.learn.sampling.Samplers;
import dev.polymath.model.Backbone;
import dev.polymath.model.Pretrained;
import dev.polymath.project.Dataset;
import dev.polymath.project.Parts;
import dev.polymath.project.Problem;
import dev.polymath.project.Project;
import dev.polymath.project.SharingSpec;
import dev.polymath.project.Split;
import dev.polymath.project.TaskSpec;
import dev.polymath.project.TrainSpec;
import dev.polymath.run.Evaluation;
import dev.polymath.run.ModelFolder;
import dev.polymath.run.Polymath;
import dev.polymath.sharing.Sharing;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.task.Task;
import dev.polymath.task.TaskKinds;
import dev.polymath.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * A project's training from end to end: its data and its backbone in; a model folder with its report out. The test rows
 * are answered by the folder that was written, through ONNX Runtime: the report tells what users will get.
 */
public final class ProjectTraining {
    private final Project project;
    private final Dataset dataset;
    private final ModelFolder base;
    private final Beginnings beginnings;
    private final Path out;

    /**
     * @param dataset the tasks to learn, all or some of the project's
     * @param out the model folder to write
     */
    public ProjectTraining(Project project, Dataset dataset, Path out) {
        this(project, dataset, null, null, out);
    }

    /**
     * @param dataset the tasks to learn
     * @param base the model to which they come, and of which nothing is changed
     * @param out the model folder to write
     * @throws InputException if the model has a task of such a name already, or the project would change its backbone
     */
    public ProjectTraining(Project project, Dataset dataset, ModelFolder base, Path out) {
        this(project, dataset, base, new Beginnings(base, dataset.tasks().keySet()), out);
    }

    /**
     * @param base the model to which they come; null for a new model
     * @param beginnings what tasks that come begin from; null for a new model
     * @throws InputException as above
     */
    public ProjectTraining(Project project, Dataset dataset, ModelFolder base, Beginnings beginnings, Path out) {
        this.project = project;
        this.dataset = dataset;
        this.base = base;
        this.beginnings = beginnings;
        this.out = out.toAbsolutePath().normalize();
        if (base != null) requireAddition();
    }

    private void requireAddition() {
        base.requireNew(dataset.tasks().keySet());
        if (project.places().containsKey("backbone")) {
            throw new InputException(project.problem(
                            "backbone", "tasks are added to a model with its own backbone; leave 'backbone' out")
                    .toString());
        }
        if (project.train().backbone() == TrainSpec.Learns.TRAINED) {
            throw new InputException(project.file()
                    + ": train.backbone is 'trained', which would change the answers of the tasks that are there;"
                    + " leave it out");
        }
    }

    /**
     * What is wrong with the parts that a project names and with its backbone, each at its line; nothing of it is read by
     * the project's readers.
     */
    public static List<Problem> problems(Project project) {
        Map<String, String> types = new LinkedHashMap<>();
        project.tasks().forEach((name, task) -> types.put(name, task.type()));
        Parts parts = project.parts();
        Map<String, Runnable> attempts = new LinkedHashMap<>();
        AtomicReference<Backbone> backbone = new AtomicReference<>();
        attempts.put("backbone", () -> backbone.set(open(project)));
        attempts.put("sharing", () -> check(parts.sharing(), List.copyOf(types.keySet()), backbone.get()));
        attempts.put("balance", () -> Balancers.of(parts.balance()).check(types));
        attempts.put("sampling", () -> Samplers.of(parts.sampling()).check(types));
        attempts.put("habits", () -> {
            Habits.of(parts.habits()).forEach(habit -> habit.check(types));
            Trainer.requireTogether(parts, types.keySet());
        });
        List<Problem> problems = new ArrayList<>();
        attempts.forEach((key, attempt) -> {
            try {
                attempt.run();
            } catch (InputException e) {
                problems.add(project.problem(key, e.getMessage()));
            }
        });
        if (backbone.get() != null) problems.addAll(misfits(project, backbone.get()));
        return problems;
    }

    /** What tasks ask of the backbone that it has not. */
    private static List<Problem> misfits(Project project, Backbone backbone) {
        List<Problem> problems = new ArrayList<>();
        for (TaskSpec task : project.tasks().values()) {
            try {
                TaskKinds.named(task.type()).check(task, backbone);
            } catch (InputException e) {
                problems.add(new Problem(project.file(), task.line(), "task '" + task.name() + "': " + e.getMessage()));
            }
        }
        return problems;
    }

    /** Null where there is none, which the project's reader does tell. */
    private static Backbone open(Project project) {
        boolean missing =
                !project.backbone().equals(Pretrained.BUILT_IN) && !Files.isDirectory(Path.of(project.backbone()));
        if (missing) return null;
        Pretrained pretrained =
                Pretrained.open(project.backbone(), project.train().dropout());
        new Tokenizer(pretrained.tokenizer()).close();
        return pretrained.backbone();
    }

    /** @param backbone null where it could not be opened */
    private static void check(SharingSpec sharing, List<String> tasks, Backbone backbone) {
        for (SharingGroup group : SharingGroup.of(sharing.of(tasks))) {
            Sharing part = group.part();
            if (backbone == null) continue;
            part.check(backbone, group.tasks());
            ContextComponents.check(group, backbone, tasks.size());
        }
    }

    /**
     * Checks that there will be a place for the model and for checkpoints, before long work is done.
     *
     * @param resume whether a checkpoint must be there; else none may be
     * @throws InputException if not
     */
    public void requirePlace(boolean resume) {
        ModelFolder.requirePlace(out);
        Path checkpoint = checkpoint();
        if (Files.exists(checkpoint) && !Files.isDirectory(checkpoint)) {
            throw new InputException(checkpoint + " is a file; checkpoints need a folder of that name");
        }
        if (resume && !hasCheckpoint()) {
            throw new InputException("there is no checkpoint to resume from in " + checkpoint
                    + "; train without --resume to begin anew");
        }
        if (!resume && hasCheckpoint()) {
            throw new InputException("an interrupted run left a checkpoint in " + checkpoint
                    + "; go on from it with --resume, or delete it to begin anew");
        }
    }

    /** The folder beside the model folder in which an interrupted run leaves what it has. */
    public Path checkpoint() {
        return out.resolveSibling(out.getFileName() + ".checkpoint");
    }

    public boolean hasCheckpoint() {
        return Trainer.hasCheckpoint(checkpoint());
    }

    /**
     * Learns, writes the model folder and measures it.
     *
     * @param resume whether to go on from the checkpoint
     * @param stop asked after each step
     * @return the report, which the folder holds too
     * @throws TrainingStopped once it was asked to stop; the checkpoint is kept, and no model folder is written
     * @throws InputException if the user's input is at fault; a checkpoint is there and is not resumed, or the other way
     *     round; or the disk is full
     */
    public ObjectNode run(boolean resume, TrainingListener listener, BooleanSupplier stop) {
        requirePlace(resume);
        try {
            return learn(resume, listener, stop);
        } finally {
            // What a save leaves that failed, as on a full disk, is of no use.
            if (!hasCheckpoint()) Trainer.forget(checkpoint());
        }
    }

    private ObjectNode learn(boolean resume, TrainingListener listener, BooleanSupplier stop) {
        Trainer trainer =
                base == null ? Trainer.of(project, dataset) : Trainer.onto(base, project, dataset, beginnings);
        Trained trained = trainer.train(checkpoint(), resume, listener, stop);
        ObjectNode report = report(trainer, trained);
        if (base != null) report = added(base.report(), report, trainer.kept());
        write(trainer, trained, report);
        measure(report);
        write(trainer, trained, report);
        Trainer.forget(checkpoint());
        return report;
    }

    private void write(Trainer trainer, Trained trained, ObjectNode report) {
        if (base != null) {
            base.extend(out, new ModelFolder.Extension(trained.tasks(), trainer.groups(), trained.weights(), report));
            return;
        }
        Pretrained pretrained = trainer.pretrained();
        ModelFolder.write(
                out,
                new ModelFolder.Contents(
                        project.name(),
                        pretrained.config(),
                        trained.weights(),
                        pretrained.tokenizer(),
                        trained.tasks(),
                        trainer.groups(),
                        project.parts().balance(),
                        trainer.mostTokens(),
                        report));
    }

    private ObjectNode report(Trainer trainer, Trained trained) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("name", project.name()).put("project", project.file().toString());
        report.put("seed", project.train().seed());
        ObjectNode tasks = report.putObject("tasks");
        for (Task task : trained.tasks()) {
            ObjectNode each = tasks.putObject(task.name()).put("type", task.type());
            Map<String, Double> dev = trained.dev().get(task.name());
            if (dev == null) continue;
            ObjectNode measured = each.putObject("dev");
            measured.put("n", dataset.tasks().get(task.name()).dev().size());
            dev.forEach(measured::put);
        }
        ObjectNode cost = report.putObject("cost");
        cost.put("train_seconds", trained.seconds());
        cost.put("tokens_per_second", trained.tokens() / Math.max(1e-9, trained.seconds()));
        cost.put("tokens", trained.tokens());
        cost.put("precision", trained.precision());
        cost.put("best_epoch", trained.epoch());
        cost.put("max_tokens", trainer.mostTokens());
        ObjectNode parameters = cost.putObject("parameters");
        parameters.put("total", trainer.kept(trained.weights()).parameters()).put("trainable", trainer.learned());
        ObjectNode own = parameters.putObject("per_task");
        for (Task task : trained.tasks()) own.put(task.name(), trainer.own(task.name()));
        return report;
    }

    /**
     * A model's report with that of the tasks that come to it; what these cost stands by itself.
     *
     * @param more numbers that the model has more
     */
    private static ObjectNode added(ObjectNode there, ObjectNode coming, long more) {
        ObjectNode all = there.deepCopy();
        all.withObject("/tasks").setAll((ObjectNode) coming.get("tasks"));
        ObjectNode cost = (ObjectNode) coming.get("cost");
        ObjectNode parameters = all.withObject("/cost/parameters");
        JsonNode own = cost.at("/parameters/per_task");
        parameters.put("total", parameters.path("total").longValue() + more);
        parameters.withObject("/per_task").setAll((ObjectNode) own);
        all.withArray("/added").add(coming.without("tasks"));
        return all;
    }

    /** Adds the test metrics of the folder that was written. */
    private void measure(ObjectNode report) {
        Map<String, List<Example>> rows = new LinkedHashMap<>();
        dataset.tasks().forEach((name, data) -> {
            if (!data.test().isEmpty()) rows.put(name, data.test());
        });
        try (Polymath model = Polymath.open(out)) {
            ObjectNode measured = Evaluation.evaluate(model, Split.TEST.key(), rows);
            for (String name : rows.keySet()) {
                ObjectNode task = (ObjectNode) report.get("tasks").get(name);
                task.set(Split.TEST.key(), measured.get(name).get(Split.TEST.key()));
                ArrayNode nested = Evaluation.nested(model, name, rows.get(name));
                if (nested != null) task.set(Evaluation.NESTED, nested);
            }
        }
    }
}
