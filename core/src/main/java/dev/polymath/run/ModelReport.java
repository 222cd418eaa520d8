package dev.polymath.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/** {@code report.json} of a model that is made of another. */
final class ModelReport {
    private ModelReport() {}

    /** The report without what it says of some tasks; what training cost stays, for it was spent. */
    static ObjectNode without(ObjectNode report, Collection<String> tasks) {
        ObjectNode left = report.deepCopy();
        if (left.get("tasks") instanceof ObjectNode all) all.remove(tasks);
        if (left.at("/cost/parameters/per_task") instanceof ObjectNode each) each.remove(tasks);
        return left;
    }
}
