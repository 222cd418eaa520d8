package dev.polymath.interaction;

import dev.polymath.project.Catalogue;
import dev.polymath.project.Part;

/** The forms of {@link dev.polymath.task.Rerank} there are. A new one is one class and one line in {@link #CATALOGUE}. */
public final class Forms {
    public static final String TOGETHER = "cross";

    public static final Catalogue<Form> CATALOGUE = new Catalogue<>(
            "form",
            Part.of(
                    TOGETHER,
                    "query and passage are read together as one text",
                    "Nogueira and Cho 2019, arXiv:1901.04085",
                    knobs -> new Form.Together()),
            Part.of(
                    "maxsim",
                    "each token of the query with the token of the passage that is most like it; passages are kept as a"
                            + " vector a token",
                    "Khattab and Zaharia 2020, arXiv:2004.12832",
                    MaxSim::new,
                    MaxSim.KNOBS),
            Part.of(
                    "light-cross",
                    "a few vectors of a passage look at the query's tokens in layers of their own; passages are kept as"
                            + " these vectors",
                    "Yang et al. 2022, arXiv:2210.05261",
                    LightCross::new,
                    LightCross.KNOBS));

    private Forms() {}
}
