package io.github.notesync.server.serve;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.history.Delta;
import io.github.notesync.server.history.History;
import io.github.notesync.server.pack.Packer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a replica gets next, and waits for it ({@code PROTOCOL.md} 3, next). Any thread; a waiting call keeps its
 * thread, so only so many may wait.
 */
final class Next {
    private static final long FRESH_MILLIS = 5_000;
    /** How often a waiting call looks whether it is still wanted. */
    private static final long LOOK_MILLIS = 250;

    private static final int WAITING_AT_MOST = 128;

    private final Source source;
    private final Packer packer;
    private final AtomicInteger waiting = new AtomicInteger();

    Next(Source source, Packer packer) {
        this.source = source;
        this.packer = packer;
    }

    /** @param allowed throws once the caller may not read any more, which may be while it waits */
    NextAnswer answer(Replica replica, NextRequest asked, long poll, Runnable allowed)
            throws IOException, InterruptedException {
        requireSource();
        boolean fresh = !asked.fresh() || source.refresh(FRESH_MILLIS);
        long wait = asked.waitMillis();
        if (wait > 0 && waiting.incrementAndGet() > WAITING_AT_MOST) {
            wait = 0;
        }
        try {
            long end = System.nanoTime() + wait * 1_000_000;
            while (true) {
                Cursor before = source.history().cursor();
                NextAnswer now = now(replica, asked);
                long left = (end - System.nanoTime()) / 1_000_000;
                if (now.settled() || left <= 0 || !replica.isNewest(poll) || replica.hasUndelivered()) {
                    return fresh || now.settled() ? now : NextAnswer.held("the laptop is still reading what was saved");
                }
                source.history().awaitNewer(before, Math.min(left, LOOK_MILLIS));
                allowed.run();
                requireSource();
            }
        } finally {
            if (asked.waitMillis() > 0) {
                waiting.decrementAndGet();
            }
        }
    }

    private void requireSource() {
        Source.State state = source.state();
        if (state.phase() == Source.Phase.UNAVAILABLE) {
            throw HttpError.of(
                    ErrorCode.SOURCE_UNAVAILABLE,
                    state.why(),
                    "bring it back or give yourself permission to read it, or start the server where it is now");
        }
    }

    private NextAnswer now(Replica replica, NextRequest asked) throws IOException {
        if (!source.isKnown()) {
            return NextAnswer.held(source.state().why());
        }
        History history = source.history();
        TreeDigest tree = asked.tree();
        if (tree == null) {
            Cursor newest = history.cursor();
            return newest.equals(asked.cursor()) ? NextAnswer.current(newest, false) : NextAnswer.exchange();
        }
        Optional<Delta> delta = delta(replica, asked.cursor(), tree);
        if (delta.isEmpty()) {
            Cursor cursor = history.cursor();
            return tree.equals(history.tree()) ? NextAnswer.current(cursor, true) : NextAnswer.exchange();
        }
        if (!delta.get().differences().isEmpty()) {
            return NextAnswer.batch(packer.batch(delta.get(), asked.wishes()));
        }
        boolean takesOver = !delta.get().to().equals(asked.cursor());
        if (source.state().phase() == Source.Phase.HELD && !takesOver) {
            return NextAnswer.held(source.state().why());
        }
        return NextAnswer.current(delta.get().to(), takesOver);
    }

    /** From where the replica stands to now; empty when nobody knows where it stands. */
    private Optional<Delta> delta(Replica replica, @Nullable Cursor cursor, TreeDigest tree) {
        if (cursor != null) {
            Optional<Delta> known = source.history().since(cursor, tree);
            if (known.isPresent()) {
                replica.forgetManifest();
                return known;
            }
        }
        List<Entry> has = tree.equals(TreeDigest.EMPTY) ? List.of() : replica.manifest(tree);
        return has == null ? Optional.empty() : Optional.of(source.history().from(has, tree));
    }
}
