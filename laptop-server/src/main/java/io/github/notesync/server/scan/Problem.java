package io.github.notesync.server.scan;

/**
 * One path that cannot be synchronised, or one fault of the configuration, and why; nothing is left out silently.
 *
 * @param path {@code configuration} for a fault of that
 * @param code for programs, such as {@code too_large} or {@code collision}
 * @param message what and why, one sentence
 * @param remedy what to do
 */
public record Problem(String path, String code, String message, String remedy) {}
