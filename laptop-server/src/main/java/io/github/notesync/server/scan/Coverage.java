package io.github.notesync.server.scan;

import java.nio.file.Path;

/** Told by the scan which directories it relies on; a watch implements it. */
public interface Coverage {
    /** For a scan that is not followed by another. */
    Coverage NONE = new Coverage() {
        @Override
        public void cover(String directory, Path onDisk) {}

        @Override
        public void uncover(String directory) {}
    };

    /** Called before the directory is read, so that no change falls between. Several threads at once. */
    void cover(String directory, Path onDisk);

    void uncover(String directory);
}
