package io.github.notesync.agent.disk;

import java.io.IOException;
import java.nio.file.Path;

/** Opens the first directory; all others are opened from that one. */
@FunctionalInterface
public interface Disk {

    /** The disk of this machine. */
    Disk REAL = SecureDirectory::open;

    /** Opens {@code path}, following links in it: it is the user who names a root. */
    Directory open(Path path) throws IOException;
}
