package io.github.notesync.agent.testing;

/** What a {@link MemoryDisk} may lack, as the mounts of hosted notebooks do. */
public enum Quirk {
    NO_RENAME,
    NO_LINKS,
    NO_SYMLINKS,
    NO_APPEND,
    NO_TIMES,
    IGNORES_CASE
}
