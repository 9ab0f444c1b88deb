package io.github.notesync.server.pack;

import io.github.notesync.server.tell.Reason;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directory for batches in the making takes no more: most often its disk is full. */
public final class SpoolException extends IOException {
    private static final long serialVersionUID = 1;

    private final String what;

    SpoolException(@Nullable Path directory, IOException cause) {
        super(cause);
        this.what = "the laptop server cannot keep a batch in " + directory + ": " + Reason.of(cause);
    }

    @Override
    public String getMessage() {
        return what;
    }

    /** What the user can do. */
    public String remedy() {
        return "make room on that disk; it is tried again by itself. A directory that is gone comes back when the server is started again";
    }
}
