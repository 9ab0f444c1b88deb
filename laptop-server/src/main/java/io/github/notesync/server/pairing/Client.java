package io.github.notesync.server.pairing;

/**
 * Who asks, as far as it says so itself.
 *
 * @param origin from the browser, or {@link #KERNEL} where there is none; the only part that cannot be invented by a page
 * @param kind {@code page} or {@code kernel}
 * @param label the notebook's or kernel's name
 * @param machine where it runs
 */
public record Client(String origin, String kind, String label, String machine) {
    /** The origin of a program that is no browser. */
    public static final String KERNEL = "kernel";
}
