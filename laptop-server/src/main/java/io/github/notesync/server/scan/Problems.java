package io.github.notesync.server.scan;

import io.github.notesync.protocol.PathReason;
import io.github.notesync.server.tell.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The texts of what can go wrong with one path, each with its remedy. */
final class Problems {
    private Problems() {}

    static Problem name(String path, PathReason reason) {
        String remedy = switch (reason) {
            case NOT_UTF8 ->
                "rename it, or start the server with LC_ALL=C.UTF-8 if the name looks right in your terminal";
            case TOO_LONG -> "use shorter names";
            default -> "rename it, or ignore it in .notesyncignore";
        };
        return new Problem(path, reason.code(), path + " is not sent: " + reason.text(), remedy);
    }

    static Problem collision(String path, String with) {
        return new Problem(
                path,
                PathReason.COLLISION.code(),
                path + " is not sent: on file systems that ignore case it is the same name as " + with,
                "rename one of the two");
    }

    /** @param diskName the last part of its name in the spelling that is not sent */
    static Problem twice(String path, String diskName) {
        StringBuilder spelled = new StringBuilder();
        diskName.chars()
                .forEach(each ->
                        spelled.append(each < 0x7f ? String.valueOf((char) each) : String.format("\\u%04x", each)));
        return new Problem(
                path,
                PathReason.COLLISION.code(),
                path + " is there twice, in two spellings of Unicode: the one that is spelled '" + spelled
                        + "' is not sent",
                "remove or rename that one");
    }

    static Problem hidden(String place, Path root) {
        return new Problem(
                place,
                PathReason.COLLISION.code(),
                place + " of the project is not sent: the root " + root + " has this place",
                "rename it, or give the root another name in [tool.notesync.roots]");
    }

    static Problem away(String place, Path root) {
        return new Problem(
                place,
                "unreadable",
                place + " cannot be read: the directory " + root + " is not there; the replica keeps what it has",
                "bring it back, or remove the root from [tool.notesync.roots]");
    }

    /** Half a sentence. */
    static String unavailable(Path root, IOException e) {
        return e instanceof NoSuchFileException
                ? "the source directory " + root + " is gone"
                : "the source directory " + root + " cannot be read (" + reason(e) + ")";
    }

    /** Half a sentence. */
    static String unjudged(Path root, IOException e) {
        return "the rules of the source directory " + root + " cannot be read (" + reason(e) + ")";
    }

    static Problem unjudged(String directory, IOException e) {
        return new Problem(
                directory,
                "unreadable",
                directory + " is not looked at, because its rules cannot be read: " + reason(e)
                        + "; the replica keeps what it has",
                "give yourself permission to read the rule file, or remove it");
    }

    static Problem link(String path, String why) {
        return new Problem(
                path,
                "link_refused",
                path + " is not sent: " + why,
                "point the link inside the project with a relative target, or ignore it in .notesyncignore");
    }

    static Problem special(String path) {
        return new Problem(
                path,
                "special_file",
                path + " is not sent: it is neither a file nor a directory nor a link",
                "ignore it in .notesyncignore");
    }

    static Problem tooLarge(String path, long size, long limit) {
        // Rounded up, or one byte too many would be said to be as much as is allowed.
        long megabytes = ((size - 1) >> 20) + 1;
        return new Problem(
                path,
                "too_large",
                path + " is not sent: it has " + megabytes + " MB, the limit is " + (limit >> 20) + " MB",
                "raise limits.max-file-mb in [tool.notesync] of pyproject.toml, or ignore it in .notesyncignore");
    }

    static Problem unreadable(String path, IOException e) {
        if (e instanceof AccessDeniedException) {
            return new Problem(
                    path,
                    "unreadable",
                    path + " cannot be read: permission denied; the replica keeps what it has",
                    "give yourself permission to read it, or ignore it in .notesyncignore");
        }
        return new Problem(
                path,
                "unreadable",
                path + " cannot be read: " + reason(e) + "; the replica keeps what it has",
                "look at the disk, or ignore it in .notesyncignore");
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied: " + e.getMessage();
        }
        return Reason.of(e);
    }
}
