package io.github.notesync.server.tell;

/**
 * How far something is that takes longer than a moment.
 *
 * @param line for people, without the share
 * @param of what there is to do in all; 0 while nobody knows
 */
public record Meter(String line, long done, long of) {
    private static final int CELLS = 24;

    /** From 0 to 100; -1 while nobody knows. */
    public int percent() {
        return of <= 0 ? -1 : (int) Math.min(100, 100 * done / of);
    }

    /** One line for a terminal, with a bar where the end is known. */
    String text() {
        if (percent() < 0) {
            return line;
        }
        int full = CELLS * percent() / 100;
        return "█".repeat(full) + "░".repeat(CELLS - full) + String.format(" %3d %%  ", percent()) + line;
    }
}
