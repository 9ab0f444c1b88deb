package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;

/** Gives the content of files that a batch puts. */
@FunctionalInterface
public interface ContentSource {
    /** The whole new content of {@code put}, also where only a part of it will travel; the writer closes it. */
    InputStream open(Change.Put put) throws IOException;
}
