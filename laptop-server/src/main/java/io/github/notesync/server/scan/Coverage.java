package io.github.notesync.server.scan;

import java.nio.file.Path;

/** Told by the scan which directories it relies on; a watch implements it. */
public interface Coverage {
    /** Called before the directory is read, so that no change falls between. Several threads at once. */
    void cover(String directory, Path onDisk);

    void uncover(String directory);
}
