package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;

/** Takes the entries of a payload, in the order of the manifest. */
@FunctionalInterface
public interface PayloadSink {
    /**
     * One entry. For a put of source {@code payload} the bytes are the file's, and the reader checks their digest after
     * this call returned: nothing may become visible before. For a recipe they are its fresh bytes.
     *
     * @param bytes ends after {@link Change.Put#payloadSize()} bytes; need not be read to the end nor closed
     */
    void entry(Change.Put put, InputStream bytes) throws IOException;
}
