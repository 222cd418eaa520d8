package dev.polymath.sharing;

import dev.polymath.InputException;
import dev.polymath.Nearest;
import dev.polymath.model.Backbone;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.Knob;
import dev.polymath.project.Knobs;
import dev.polymath.project.PartSpec;
import dev.polymath.weights.Array;
import dev.polymath.weights.Weights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Named skills in the place of feed-forward blocks: a task {@code t} activates those that the project declares for it,
 * and their outputs are averaged,
 *
 * <pre>
 *   y = mean over the skills s of t of E[s](x)
 * </pre>
 *
 * Tasks that have a skill in common learn it together; one that no task of a batch has is not computed and gets no
 * gradient. The skill {@code general} is every task's. Its blocks are {@link Experts}, each the backbone's with a
 * difference. A task with {@code n} skills, the general one counted, costs {@code n} blocks a layer. Zhang et al. 2022,
 * <i>SkillNet-NLU: A Sparsely Activated Model for General-Purpose Natural Language Understanding</i>, arXiv:2203.03312.
 *
 * <p>Knobs: {@code skills}, the names of each task's; {@code every} (1), skills are in each so many-th layer; {@code rank}
 * (16).
 */
public final class Skills implements Sharing {
    static final Knob[] KNOBS = {
        Knob.textsByTask("skills", "the skills of each task; general, which is every task's, need not be named"),
        Experts.every(1),
        Experts.RANK
    };

    /** For each skill its share of a task's output; declared and not learned. */
    static final String ACTIVE = "active";

    private static final String GENERAL = "general";

    private final Map<String, List<String>> declared;
    private final List<String> skills = new ArrayList<>();
    private final Experts experts;

    Skills(Knobs knobs) {
        this.declared = knobs.textsByTask("skills");
        Set<String> named = new TreeSet<>();
        declared.values().forEach(named::addAll);
        named.remove(GENERAL);
        skills.add(GENERAL);
        skills.addAll(named);
        List<String> names = skills.stream().map(Skills::expert).toList();
        this.experts = new Experts("skills", knobs.whole("rank"), knobs.whole("every"), names);
    }

    @Override
    public void check(Backbone backbone, List<String> tasks) {
        tasks.forEach(this::requireDeclared);
    }

    private void requireDeclared(String task) {
        if (declared.containsKey(task)) return;
        throw new InputException("sharing skills: task '" + task + "' has no skills; "
                + (declared.isEmpty()
                        ? "name them as skills: {" + task + ": [meaning, pair]}"
                        : Nearest.suggest(task, declared.keySet())));
    }

    @Override
    public Stage learned(String weight) {
        return weight.equals(ACTIVE) ? Stage.NEVER : Stage.ALWAYS;
    }

    @Override
    public Weights shared(Start start, SplittableRandom random) {
        Backbone backbone = start.backbone();
        return experts.initial(backbone, random);
    }

    @Override
    public Weights own(Start start, String task, SplittableRandom random) {
        requireDeclared(task);
        Set<String> active = active(task);
        float[] shares = new float[skills.size()];
        for (int i = 0; i < shares.length; i++) shares[i] = active.contains(skills.get(i)) ? 1f / active.size() : 0;
        return new Weights(Map.of(ACTIVE, Array.of(shares)));
    }

    private Set<String> active(String task) {
        Set<String> active = new TreeSet<>(declared.get(task));
        active.add(GENERAL);
        return active;
    }

    @Override
    public <T> Sites<T> sites(Backbone backbone, RowWeights<T> weights) {
        return new ExpertSites<>(experts, backbone, weights) {
            @Override
            T shares(Ops<T> ops, int layer, T input) {
                return ops.reshape(weights.own(ops, ACTIVE), 0, 1, skills.size());
            }
        };
    }

    /** With the skills that the task activates and no others. */
    @Override
    public Alone alone(Backbone backbone, String task, Alone all) {
        requireDeclared(task);
        Weights kept = Weights.empty();
        for (int layer : experts.layers(backbone)) {
            for (String skill : active(task)) {
                kept = kept.with(experts.renamed(backbone, all.shared(), layer, expert(skill), expert(skill)));
            }
        }
        Map<String, Object> knobs = new HashMap<>(all.spec().knobs());
        knobs.put("skills", Map.of(task, declared.get(task)));
        PartSpec spec = new PartSpec(all.spec().type(), knobs);
        return new Alone(
                spec,
                kept,
                SharingParts.of(spec)
                        .own(new Start(backbone, Weights.empty(), List.of(task)), task, new SplittableRandom(0)));
    }

    private static String expert(String skill) {
        return "skill." + skill;
    }
}
