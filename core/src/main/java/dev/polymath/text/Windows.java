package dev.polymath.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A text that is too long to be read at once, as windows that overlap by a quarter of their length. Each window has the
 * text's special tokens around it. What a model gives for the windows comes together again: outputs of tokens from the
 * window in which a token stands farthest from an edge, outputs of a whole text as their mean, each window counting by the
 * tokens that it alone adds.
 *
 * @param whole all tokens of the text
 * @param parts the windows, from left to right
 * @param starts where in {@code whole} each window's first token that is not special stands
 * @param lead special tokens before the text's own
 * @param room tokens of the text in a window
 * @param trail special tokens behind the text's own
 */
public record Windows(Encoding whole, List<Encoding> parts, int[] starts, int lead, int room, int trail) {
    /**
     * Cuts a text into windows of like length; one that is short enough is its only window.
     *
     * @param whole a single text; its special tokens are those that are at no place in it
     * @param maxTokens the most tokens of a window, special ones included
     * @throws IllegalArgumentException if a window has no room for a token of the text
     */
    public static Windows of(Encoding whole, int maxTokens) {
        int length = whole.length();
        int lead = 0;
        while (lead < length && whole.starts()[lead] < 0) lead++;
        int trail = 0;
        while (trail < length - lead && whole.starts()[length - 1 - trail] < 0) trail++;
        int own = length - lead - trail;
        if (length <= maxTokens) return new Windows(whole, List.of(whole), new int[] {lead}, lead, own, trail);
        int room = maxTokens - lead - trail;
        if (room < 1) throw new IllegalArgumentException("windows of " + maxTokens + " tokens");
        int step = room - room / 4;
        int count = 1 + (own - room + step - 1) / step;
        int[] starts = new int[count];
        List<Encoding> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Spread evenly, so that the last window is as long as the others.
            starts[i] = lead + (int) ((long) (own - room) * i / (count - 1));
            parts.add(part(whole, lead, starts[i], room, trail));
        }
        return new Windows(whole, List.copyOf(parts), starts, lead, room, trail);
    }

    private static Encoding part(Encoding whole, int lead, int from, int room, int trail) {
        int[][] fields = {whole.ids(), whole.types(), whole.starts(), whole.ends()};
        int[][] cut = new int[fields.length][lead + room + trail];
        for (int i = 0; i < fields.length; i++) {
            System.arraycopy(fields[i], 0, cut[i], 0, lead);
            System.arraycopy(fields[i], from, cut[i], lead, room);
            System.arraycopy(fields[i], whole.length() - trail, cut[i], lead + room, trail);
        }
        return new Encoding(cut[0], cut[1], cut[2], cut[3], false);
    }

    /**
     * Outputs of the windows' tokens as those of all tokens of the text.
     *
     * @param outputs of each window {@code [tokens * size]}
     * @return {@code [tokens of the whole * size]}
     */
    public float[] ofTokens(List<float[]> outputs) {
        int size = outputs.get(0).length / parts.get(0).length();
        float[] all = new float[whole.length() * size];
        for (int token = 0; token < whole.length(); token++) {
            int window = nearest(token);
            int at = place(window, token);
            System.arraycopy(outputs.get(window), at * size, all, token * size, size);
        }
        return all;
    }

    /** Outputs of the windows, {@code [size]} each, as one for the text. */
    public float[] ofText(List<float[]> outputs) {
        if (outputs.size() == 1) return outputs.get(0);
        int[] counts = new int[parts.size()];
        for (int token = lead; token < whole.length(); token++) counts[nearest(token)]++;
        float[] mean = new float[outputs.get(0).length];
        double total = 0;
        for (int count : counts) total += count;
        for (int window = 0; window < counts.length; window++) {
            float share = (float) (counts[window] / total);
            float[] output = outputs.get(window);
            for (int i = 0; i < mean.length; i++) mean[i] += share * output[i];
        }
        return mean;
    }

    /** The window in which a token has most beside it on the side where it has least. */
    private int nearest(int token) {
        int best = 0;
        int most = -1;
        for (int window = 0; window < parts.size(); window++) {
            int at = place(window, token);
            int margin = Math.min(at, parts.get(window).length() - 1 - at);
            if (at >= 0 && margin > most) {
                most = margin;
                best = window;
            }
        }
        return best;
    }

    /** Where a token of the text stands in a window, or -1; special ones stand in the first or the last alone. */
    private int place(int window, int token) {
        if (token < lead) return window == 0 ? token : -1;
        boolean last = window == parts.size() - 1;
        if (token >= whole.length() - trail) {
            return last ? token - whole.length() + parts.get(window).length() : -1;
        }
        int at = token - starts[window];
        return at >= 0 && at < room ? lead + at : -1;
    }
}
