package io.github.notesync.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * An empty file that says that this run served a project, for the command that starts the jar for its user and keeps an
 * archive of the classes that were loaded. Any thread.
 */
final class ServedMark {
    /** Told by that command. */
    private static final String TOLD = "notesync.served";

    private ServedMark() {}

    /** Where it cannot be made, the next start is no quicker than this one. */
    static void make() {
        String told = System.getProperty(TOLD, "");
        if (told.isBlank()) {
            return;
        }
        try {
            Files.write(Path.of(told), new byte[0]);
        } catch (IOException | InvalidPathException e) {
            return;
        }
    }
}
