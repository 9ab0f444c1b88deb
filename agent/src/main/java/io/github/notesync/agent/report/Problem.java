package io.github.notesync.agent.report;

import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.log.Log;
import io.github.notesync.protocol.ErrorBody;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts whatever went wrong into a code, a sentence and a remedy. All texts for people are here. Any thread. */
public final class Problem {
    private Problem() {}

    /** The error as it is sent. A bug of ours is also written to the log, with its trace. */
    public static ErrorBody of(Throwable thrown) {
        if (thrown instanceof ProtocolException e) {
            return ErrorBody.of(e, remedy(e.code()));
        }
        if (thrown instanceof IOException e) {
            return ofIo(e);
        }
        if (thrown instanceof OutOfMemoryError) {
            return body(ErrorCode.LIMIT_EXCEEDED, "the batch does not fit into the agent's memory", null);
        }
        if (thrown.getCause() instanceof IOException e && !(thrown instanceof Error)) {
            return ofIo(e);
        }
        Log.bug(thrown);
        return body(ErrorCode.INTERNAL, "a bug of notesync: " + firstLine(thrown), null);
    }

    private static ErrorBody ofIo(IOException e) {
        String path = e instanceof FileSystemException file ? file.getFile() : null;
        String reason = reason(e);
        ErrorCode code = code(e, reason);
        if (path != null && (code == ErrorCode.DISK_FULL || code == ErrorCode.QUOTA_EXCEEDED)) {
            String folder = folder(path);
            return body(code, folder + ": " + sentence(code, reason) + free(folder), folder);
        }
        return body(code, (path == null ? "" : path + ": ") + sentence(code, reason), path);
    }

    /** Which of our own files met the end of the space says nothing to a user; the replica that needs it does. */
    private static String folder(String path) {
        int own = path.indexOf("/" + Layout.HOME + "/");
        return own > 0 ? path.substring(0, own) : path;
    }

    private static String free(String folder) {
        long bytes = new File(folder).getUsableSpace();
        return bytes > 0 ? " (" + (bytes >> 20) + " MB are free)" : "";
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return missing.getReason() == null ? "No such file or directory" : missing.getReason();
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Java passes the words of the C library on, which are English because the agent runs in the C locale. */
    private static ErrorCode code(IOException e, String reason) {
        String words = reason.toLowerCase(Locale.ROOT);
        if (words.contains("no space left")) {
            return ErrorCode.DISK_FULL;
        }
        if (words.contains("quota exceeded")) {
            return ErrorCode.QUOTA_EXCEEDED;
        }
        if (words.contains("read-only file system")) {
            return ErrorCode.READ_ONLY;
        }
        if (e instanceof AccessDeniedException
                || words.contains("permission denied")
                || words.contains("operation not permitted")) {
            return ErrorCode.PERMISSION_DENIED;
        }
        return ErrorCode.IO_ERROR;
    }

    private static String sentence(ErrorCode code, String reason) {
        return switch (code) {
            case DISK_FULL -> "the disk of the notebook machine is full";
            case QUOTA_EXCEEDED -> "the disk quota on the notebook machine is used up";
            case READ_ONLY -> "the file system is read-only";
            case PERMISSION_DENIED -> "permission denied";
            default -> reason;
        };
    }

    private static @Nullable String remedy(ErrorCode code) {
        return switch (code) {
            case DISK_FULL, QUOTA_EXCEEDED -> "free some space there; notesync then goes on by itself";
            case READ_ONLY -> "choose a replica on a writable disk with %notesync connect --to PATH";
            case PERMISSION_DENIED ->
                "make it writable for this user, or choose another replica with %notesync connect --to PATH";
            case IO_ERROR -> "look at the disk (dmesg, df); notesync tries again with the next save";
            case ROOT_REFUSED -> "choose another replica with %notesync connect --to PATH";
            case JOURNAL_NEWER -> "upgrade notesync here: pip install --upgrade notesync";
            case HELD -> "%notesync resume catches up with the laptop";
            case CONTENT_MISSING -> "notesync asks for the whole content by itself";
            case UNKNOWN_REPLICA -> "connect again with %notesync connect";
            default -> null;
        };
    }

    private static ErrorBody body(ErrorCode code, String message, @Nullable String path) {
        return new ErrorBody(code.code(), message, path, null, remedy(code));
    }

    private static String firstLine(Throwable thrown) {
        return thrown.toString().lines().findFirst().orElse("unknown");
    }
}
