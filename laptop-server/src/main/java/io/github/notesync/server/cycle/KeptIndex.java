package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.scan.ChunkLists;
import io.github.notesync.server.scan.Index;
import io.github.notesync.server.scan.IndexFile;
import io.github.notesync.server.tell.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The index on the disk, so that the next start need not read every file: written now and then while nothing goes on, and
 * at the end. The cycle's thread, and after it the one that closes.
 */
final class KeptIndex {
    private static final long SAVE_AFTER_NANOS = 60_000_000_000L;
    /** Writing the index of a large tree takes a while, in which the next save should not come. */
    private static final long QUIET_MILLIS = 2_000;

    private final StateDirectory state;
    private final ChunkLists chunkLists = new ChunkLists();
    private final Optional<IndexFile.Content> remembered;
    private final Index index;
    private final Consumer<String> notices;

    private long saved = System.nanoTime();
    private boolean moved;
    private boolean refused;
    private long sum;

    /** Reads what the last run left. */
    KeptIndex(StateDirectory state, Consumer<String> notices) {
        this.state = state;
        this.notices = notices;
        this.remembered = IndexFile.read(state.index(), chunkLists);
        this.index = remembered.map(IndexFile.Content::index).orElseGet(Index::new);
    }

    Index index() {
        return index;
    }

    ChunkLists chunkLists() {
        return chunkLists;
    }

    /** Whether it is, byte for byte, what the last run wrote at its end. */
    boolean isOf(StateDirectory.Clean clean) {
        return remembered.isPresent() && remembered.get().sum() == clean.indexSum();
    }

    /** Something of it is other than on the disk. */
    void moved() {
        moved = true;
    }

    /** @param lastHintMillis when something in the source last changed, milliseconds since 1970 */
    void saveNowAndThen(long lastHintMillis) {
        boolean quiet = System.currentTimeMillis() - lastHintMillis > QUIET_MILLIS;
        if (moved && quiet && System.nanoTime() - saved > SAVE_AFTER_NANOS) {
            save();
        }
    }

    /** Keeps that the history ended here, if the index that goes with it can be kept. */
    void end(Cursor cursor, TreeDigest tree) throws IOException {
        if (save()) {
            state.writeClean(cursor, tree, sum);
        }
    }

    /** Returns whether that was possible; if not, that is told. */
    boolean save() {
        try {
            sum = IndexFile.write(state.index(), index, chunkLists);
            moved = false;
            refused = false;
            return true;
        } catch (IOException e) {
            if (!refused) {
                notices.accept("the index cannot be saved (" + Reason.of(e) + "); the next start will read every file");
            }
            refused = true;
            return false;
        } finally {
            saved = System.nanoTime();
        }
    }
}
