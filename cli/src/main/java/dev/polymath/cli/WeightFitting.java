package dev.polymath.cli;

import dev.polymath.data.BeirFolder;
import dev.polymath.search.FusionFit;
import dev.polymath.search.SearchIndex;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** Fits how hybrid search fuses, shows what was tried, and keeps the best in the index. */
final class WeightFitting {
    private WeightFitting() {}

    static void fit(Path folder, SearchIndex index, Path collection, String split, PrintWriter out) {
        FusionFit fit = FusionFit.of(index, BeirFolder.open(collection), split);
        TextTable table = new TextTable().row("fusion", "ndcg_10 x100");
        fit.tried()
                .forEach((fusion, ndcg) -> table.row(
                        fusion.json().toString().replaceAll("[{}\"]", ""),
                        String.format(Locale.ROOT, "%.2f", 100 * ndcg)));
        out.print(table);
        index.model();
        fit.keepIn(folder);
        out.println("kept: " + fit.best().json() + ", fitted on " + fit.queries() + " queries");
    }
}
