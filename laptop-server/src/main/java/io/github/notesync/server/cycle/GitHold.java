package io.github.notesync.server.cycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Holds a batch back while git rewrites the working tree, so that a checkout of two thousand files arrives as one. Bounded:
 * a lock that a crashed git left behind, or a rebase that waits for the user, holds nothing for long. One thread.
 */
final class GitHold {
    /** A lock without any event for so long is a left-over. */
    private static final long QUIET_LOCK_MILLIS = 3_000;
    /** Between two commits of a rebase there is no lock, but git moves on soon. */
    private static final long REBASE_PAUSE_MILLIS = 1_000;

    private static final long LONGEST_MILLIS = 60_000;

    private final GitDirectory git;
    private long since;
    private @Nullable Object given;

    GitHold(GitDirectory git) {
        this.git = git;
    }

    /**
     * Why to wait, for people; null when there is nothing to wait for.
     *
     * @param lastEvent when something in the source last changed, milliseconds since 1970
     */
    @Nullable
    String why(long now, long lastEvent) {
        String why = lockedOrRebasing(now, lastEvent);
        if (why == null) {
            since = 0;
            return null;
        }
        since = since == 0 ? now : since;
        return now - since < LONGEST_MILLIS ? why : null;
    }

    private @Nullable String lockedOrRebasing(long now, long lastEvent) {
        Path lock = git.indexLock();
        if (Files.exists(lock)) {
            Object identity = identity(lock);
            if (identity.equals(given)) {
                return null;
            }
            if (now - Math.max(lastEvent, since) > QUIET_LOCK_MILLIS && since != 0) {
                given = identity;
                return null;
            }
            return "git is changing the working tree";
        }
        String operation = git.operation();
        return operation != null && now - git.lastMoved() < REBASE_PAUSE_MILLIS ? operation : null;
    }

    private static Object identity(Path lock) {
        try {
            return Files.getLastModifiedTime(lock);
        } catch (IOException e) {
            return "gone";
        }
    }
}
