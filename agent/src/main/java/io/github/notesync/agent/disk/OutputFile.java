package io.github.notesync.agent.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file being written, from its beginning to its end. For one thread at a time. */
public interface OutputFile extends Closeable {

    /** Writes all that remains in {@code bytes}. */
    void write(ByteBuffer bytes) throws IOException;

    /** Returns when the content would survive a power cut (fsync). */
    void force() throws IOException;
}
