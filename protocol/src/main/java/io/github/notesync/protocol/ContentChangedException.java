package io.github.notesync.protocol;

import java.io.IOException;

/**
 * A file is no longer what the manifest says: it was saved again between scan and packing. The stream is worthless;
 * scan again and begin a new batch.
 */
public final class ContentChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String path;

    ContentChangedException(RelativePath path) {
        super("file " + path + " changed while it was packed");
        this.path = path.value();
    }

    public String path() {
        return path;
    }
}
