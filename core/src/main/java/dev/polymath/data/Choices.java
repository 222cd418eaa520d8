package dev.polymath.data;

import dev.polymath.Nearest;
import java.util.Collection;
import java.util.stream.Collectors;

/** The end of a message about a name that is not among the valid ones. */
public final class Choices {
    private static final int SHOWN = 30;

    private Choices() {}

    /**
     * {@code ; did you mean 'text'? There are text, label}: the nearest choice and all of them, or the first 30.
     *
     * @param value what was written
     * @param choices what would have been valid; none gives an empty text
     */
    public static String instead(String value, Collection<String> choices) {
        if (choices.isEmpty()) return "";
        String list = choices.stream().limit(SHOWN).collect(Collectors.joining(", "));
        String more = choices.size() > SHOWN ? ", and " + (choices.size() - SHOWN) + " more" : "";
        return "; " + Nearest.suggest(value, choices) + (choices.size() == 1 ? " There is " : " There are ") + list
                + more;
    }
}
