package dev.polymath.interaction;

/** How a query and a passage come to a score. */
public sealed interface Form permits Form.Together, Interaction {
    /** The two are read as one text, and see each other in every layer. */
    record Together() implements Form {}
}
