package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts what was kept back to where it was. Only for the replica's thread. */
public final class Restore {
    private Restore() {}

    /**
     * Restores one item, in one instant, and forgets it. It replaces only what notesync itself wrote.
     *
     * @return the digest of the restored file; null for anything else
     * @throws ProtocolException {@code permission_denied} if something of the user's is there by now
     */
    public static @Nullable Digest perform(
            KeptStore.Item item, KeptStore store, Tree tree, Index index, Directory scratch) throws IOException {
        RelativePath path = item.path();
        tree.forgetAll();
        Directory parent = tree.requireParent(path);
        Stat there = parent.stat(path.name());
        try (Directory kept = store.require(item.id())) {
            Stat content = kept.stat(Layout.KEPT_CONTENT);
            boolean file = content != null && content.kind() == Kind.FILE;
            boolean free = there == null || (file && isOurs(path, parent, there, index));
            if (!free) {
                throw new ProtocolException(
                        ErrorCode.PERMISSION_DENIED,
                        path + " is not as notesync wrote it: move it away first",
                        path.value(),
                        null);
            }
            if (content == null || !file) {
                Mover.move(kept, Layout.KEPT_CONTENT, parent, path.name());
                store.drop(item.id());
                return null;
            }
            Workspace.deleteAll(scratch, Layout.SCRATCH_NAME);
            Mover.copyFresh(kept, Layout.KEPT_CONTENT, scratch, Layout.SCRATCH_NAME, content.executable());
            Digest digest = Observer.digest(scratch, Layout.SCRATCH_NAME);
            scratch.forceFile(Layout.SCRATCH_NAME);
            if (there != null) {
                makeLater(scratch, there);
            }
            Mover.move(scratch, Layout.SCRATCH_NAME, parent, path.name());
            parent.force();
            Junk.deleteBytecode(parent, path.name());
            store.drop(item.id());
            return digest;
        } finally {
            tree.forgetAll();
        }
    }

    private static boolean isOurs(RelativePath path, Directory parent, Stat there, Index index) throws IOException {
        return there.kind() == Kind.FILE
                && index.entry(path) instanceof Entry.File ours
                && Observer.digest(parent, path.name()).equals(ours.digest());
    }

    private static void makeLater(Directory scratch, Stat old) throws IOException {
        Stat fresh = scratch.stat(Layout.SCRATCH_NAME);
        if (fresh != null && fresh.modifiedSecond() <= old.modifiedSecond()) {
            scratch.setModified(Layout.SCRATCH_NAME, TimeUnit.SECONDS.toNanos(old.modifiedSecond() + 1));
        }
    }
}
