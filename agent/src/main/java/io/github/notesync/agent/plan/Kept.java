package io.github.notesync.agent.plan;

import io.github.notesync.protocol.RelativePath;

/**
 * The user's bytes that a batch sets aside instead of losing them.
 *
 * @param slot where they are, below {@code undo/}; of {@link #OPEN}, below {@code stage/}
 * @param why one of the constants here; a word for programs
 */
public record Kept(int slot, RelativePath path, String why) {
    /** A file that notesync wrote and that was changed since. */
    public static final String EDITED = "edited";
    /** Something that notesync never wrote, where the laptop has a file of its own. */
    public static final String UNMANAGED = "unmanaged";
    /** A directory with content that is not the laptop's, where the laptop has a file. */
    public static final String DIRECTORY = "directory";
    /** The laptop's version of a document that is open here: the user's own stays where it is. */
    public static final String OPEN = "open";
    /** Changed between the plan and the swap. */
    public static final String LATE = "late";

    /** Whether it is what the laptop sent, and not the user's. */
    public boolean isTheLaptops() {
        return why.equals(OPEN);
    }
}
