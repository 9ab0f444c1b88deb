package io.github.notesync.server.scan;

/** Told how far a long scan is; called from the threads that read. */
public interface Progress {
    Progress NONE = (files, bytes, ofFiles, ofBytes) -> {};

    void read(long files, long bytes, long ofFiles, long ofBytes);
}
