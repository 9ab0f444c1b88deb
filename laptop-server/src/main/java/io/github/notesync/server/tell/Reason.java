package io.github.notesync.server.tell;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why the system refused something, in its words; what it refused is named by who says it. Pure. */
public final class Reason {
    private Reason() {}

    public static String of(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof FileSystemException refused) {
            return refused.getReason() == null ? e.toString() : refused.getReason();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
