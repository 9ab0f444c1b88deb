package io.github.notesync.agent.journal;

import io.github.notesync.agent.plan.Plan;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.TreeDigest;
import org.jspecify.annotations.Nullable;

/**
 * One batch as its journal tells it: from where to where, and every step between. Immutable.
 *
 * @param number in the order of the commits
 * @param batch the batch's id; null if it did not come from the laptop (a rollback)
 * @param reason why it was made: {@code batch}, {@code rollback}, {@code resume} or {@code restore}
 * @param from null before the first batch
 * @param to null when it goes back to the beginning
 * @param git JSON of the laptop's repository state; null outside one
 * @param boot which start of the machine it was committed in: after another, what was not synced may be lost
 * @param made milliseconds since 1970
 */
public record Transaction(
        long number,
        @Nullable String batch,
        String reason,
        @Nullable Cursor from,
        TreeDigest fromTree,
        @Nullable Cursor to,
        TreeDigest toTree,
        @Nullable String git,
        String boot,
        long made,
        Plan plan) {

    public static final String BATCH = "batch";
    /** Only the cursor changes. */
    public static final String ADOPT = "adopt";

    public static final String ROLLBACK = "rollback";
    public static final String RESUME = "resume";
    public static final String RESTORE = "restore";
}
