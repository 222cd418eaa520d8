package dev.polymath.server;

import dev.polymath.data.Passage;
import dev.polymath.run.Polymath;
import dev.polymath.search.IndexSettings;
import dev.polymath.search.Indexer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A small collection of a shop's notes, and an index of it. */
final class Indexed {
    private static final List<String> THINGS = List.of("kettle", "lamp", "teapot", "blanket", "curtain");
    private static final List<String> FATES = List.of(
            "leaks at the lid, and the shop in Leeds sends another",
            "came late, so the money was sent back",
            "is out of stock until May",
            "was praised by those who bought it",
            "has a scratch. Miriam asks whether it can be sent back");

    private Indexed() {}

    /** Documents {@code 0} to {@code 24}: each thing with each fate, a shop, a price, and tags. */
    static List<Passage> documents() {
        List<Passage> documents = new ArrayList<>();
        for (String thing : THINGS) {
            for (String fate : FATES) {
                int i = documents.size();
                documents.add(new Passage(
                        Integer.toString(i),
                        "The " + thing,
                        "Our <b>red</b> " + thing + " " + fate + ".",
                        Map.of(
                                "shop", List.of(i % 2 == 0 ? "Leeds" : "York"),
                                "price", List.of(Integer.toString(i)),
                                "tag", List.of(thing, "note")),
                        0));
            }
        }
        return documents;
    }

    static Path write(Path folder, Path model, List<Passage> documents) {
        try (Polymath opened = Polymath.open(model);
                Indexer indexer = Indexer.open(folder, opened, IndexSettings.DEFAULT)) {
            documents.forEach(indexer::add);
        }
        return folder;
    }
}
