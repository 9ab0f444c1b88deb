package io.github.notesync.server.scan;

import java.io.IOException;

/** The source directory itself is gone or cannot be read: nothing can be said about what it holds. */
public final class SourceUnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    SourceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
