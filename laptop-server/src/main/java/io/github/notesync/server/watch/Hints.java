package io.github.notesync.server.watch;

import java.util.Set;

/**
 * Where something may have changed since the last look.
 *
 * @param directories relative to the source, "" for its root
 * @param everything events were lost: any directory may have changed
 * @param pulse the newest pulse that was seen, 0 for none: every event before it is in these or earlier hints
 */
public record Hints(Set<String> directories, boolean everything, long pulse) {
    static final Hints NONE = new Hints(Set.of(), false, 0);

    public Hints {
        directories = Set.copyOf(directories);
    }

    /** Whether there is nothing to scan. */
    public boolean isEmpty() {
        return directories.isEmpty() && !everything;
    }
}
