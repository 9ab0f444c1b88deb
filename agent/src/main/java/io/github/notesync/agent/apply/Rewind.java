package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ManifestHeader;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.Source;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds, from the history, the batch that leads back to an earlier sequence. It is applied like any other, so a crash
 * in it is nothing new. Only for the replica's thread.
 */
public final class Rewind {
    private final History history;
    private final Index index;
    /** What the paths that differ should be; null for nothing. */
    private final Map<RelativePath, @Nullable Entry> target = new LinkedHashMap<>();

    private final Map<RelativePath, Saved> saved = new LinkedHashMap<>();

    /** Where old content is: below {@code undo/<slot>} of a transaction, which may be a directory above it. */
    private record Saved(long number, int slot, RelativePath from) {}

    private Rewind(History history, Index index) {
        this.history = history;
        this.index = index;
    }

    /** Where to go back to: so many different sequences, or to one by its number. */
    public record Goal(long count, @Nullable Long sequence) {}

    /**
     * Stages the way back in {@code workspace}.
     *
     * @throws ProtocolException {@code bad_request} if the history does not reach so far
     */
    public static Applier.Staged stage(Goal goal, History history, Index index, Workspace workspace)
            throws IOException {
        Rewind rewind = new Rewind(history, index);
        Transaction last = rewind.walk(goal);
        List<Change> changes = rewind.changes(last.fromTree());
        for (int slot = 0; slot < changes.size(); slot++) {
            rewind.stage(slot, changes.get(slot), workspace);
        }
        return new Applier.Staged(
                workspace, null, Transaction.ROLLBACK, last.from(), last.fromTree(), last.git(), changes, true);
    }

    /** Goes back through the history until the goal; what that transaction started from is where we want to be. */
    private Transaction walk(Goal goal) throws IOException {
        List<Long> numbers = history.numbers();
        long current = sequence(index.cursor());
        long lowest = current;
        long passed = 0;
        for (int i = numbers.size() - 1; i >= 0; i--) {
            Transaction transaction = history.read(numbers.get(i));
            undo(transaction);
            long before = sequence(transaction.from());
            if (before < lowest) {
                lowest = before;
                passed++;
            }
            boolean there = goal.sequence() == null ? passed == goal.count() : before == goal.sequence();
            if (there && before < current) {
                return transaction;
            }
        }
        throw new ProtocolException(
                ErrorCode.BAD_REQUEST, "the history of this replica goes back to sequence " + lowest + ", not further");
    }

    private static long sequence(@Nullable Cursor cursor) {
        return cursor == null ? 0 : cursor.sequence();
    }

    private void undo(Transaction transaction) {
        transaction.plan().added().forEach(entry -> target.put(entry.path(), null));
        Map<RelativePath, Integer> slots = new LinkedHashMap<>();
        for (Step step : transaction.plan().steps()) {
            if (step instanceof Step.Place place && place.replaces()) {
                slots.put(place.path(), place.slot());
            } else if (step instanceof Step.Aside aside) {
                slots.put(aside.path(), aside.slot());
            }
        }
        for (Entry entry : transaction.plan().removed()) {
            target.put(entry.path(), entry);
            for (RelativePath up = entry.path(); up != null; up = up.parent()) {
                Integer slot = slots.get(up);
                if (slot != null) {
                    saved.put(entry.path(), new Saved(transaction.number(), slot, up));
                    break;
                }
            }
        }
    }

    private List<Change> changes(TreeDigest tree) {
        List<Change> changes = new ArrayList<>();
        target.forEach((path, wanted) -> {
            Entry there = index.entry(path);
            if (Objects.equals(there, wanted)) {
                return;
            }
            Expect expect = there == null ? Expect.ABSENT : Expect.of(there);
            if (wanted == null) {
                changes.add(new Change.Delete(path, expect));
            } else if (wanted instanceof Entry.Directory) {
                changes.add(new Change.Mkdir(path, expect));
            } else if (wanted instanceof Entry.Symlink link) {
                changes.add(new Change.Symlink(path, link.target(), expect));
            } else if (wanted instanceof Entry.File file) {
                changes.add(
                        there instanceof Entry.File now && now.digest().equals(file.digest())
                                ? new Change.Chmod(path, file.executable(), file.digest())
                                : new Change.Put(
                                        path, file.size(), file.digest(), file.executable(), expect, Source.PAYLOAD));
            }
        });
        // Only for its order; cursors play no part in it.
        Cursor any = Objects.requireNonNull(index.cursor(), "a history has a cursor");
        return Manifest.of(new ManifestHeader("", null, index.tree(), any, tree, 0, null, 0, 0), changes)
                .changes();
    }

    private void stage(int slot, Change change, Workspace workspace) throws IOException {
        if (change instanceof Change.Symlink link) {
            workspace.stage().makeSymlink(Layout.slot(slot), link.target());
        } else if (change instanceof Change.Put put) {
            Saved from = saved.get(put.path());
            if (from == null) {
                throw missing(put.path());
            }
            try (Workspace old = history.open(from.number())) {
                copy(old.undo(), from, put, workspace.stage(), slot);
            }
        }
    }

    /** An edited file comes back as it was: the edit, which was kept too. */
    private static void copy(Directory undo, Saved from, Change.Put put, Directory stage, int slot) throws IOException {
        String[] rest =
                put.path().value().substring(from.from().value().length()).split("/", -1);
        List<Directory> opened = new ArrayList<>();
        try {
            Directory in = undo;
            String name = Layout.slot(from.slot());
            for (int i = 1; i < rest.length; i++) {
                in = in.open(name);
                opened.add(in);
                name = rest[i];
            }
            Stat stat = in.stat(name);
            if (stat == null || stat.kind() != Kind.FILE) {
                throw missing(put.path());
            }
            Mover.copyFresh(in, name, stage, Layout.slot(slot), put.executable());
        } finally {
            opened.forEach(Directory::close);
        }
    }

    private static ProtocolException missing(RelativePath path) {
        return new ProtocolException(
                ErrorCode.CONTENT_MISSING, "the old content of " + path + " is not in the history", path.value(), null);
    }
}
