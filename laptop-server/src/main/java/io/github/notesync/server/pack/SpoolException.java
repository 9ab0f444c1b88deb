package io.github.notesync.server.pack;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directory for batches in the making takes no more: most often its disk is full. */
public final class SpoolException extends IOException {
    private static final long serialVersionUID = 1;

    private final String what;

    SpoolException(@Nullable Path directory, IOException cause) {
        super(cause);
        this.what = "the laptop server cannot keep a batch in " + directory + ": " + why(cause);
    }

    @Override
    public String getMessage() {
        return what;
    }

    /** What the user can do. */
    public String remedy() {
        return "make room on that disk, or let this directory be written; it is tried again by itself";
    }

    private static String why(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "it is gone";
        }
        boolean told = cause instanceof FileSystemException f && f.getReason() != null;
        return String.valueOf(told ? ((FileSystemException) cause).getReason() : cause.getMessage());
    }
}
