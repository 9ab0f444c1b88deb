package io.github.notesync.agent.disk;

/** What a name in a directory stands for. */
public enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK,
    /** A pipe, socket or device: never read, never written, only set aside. */
    OTHER
}
