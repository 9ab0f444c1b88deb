package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.agent.stage.OldContent;
import io.github.notesync.agent.stage.WholeDirectories;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds, from the history, the batch that leads back to an earlier sequence. It is applied like any other, so a crash
 * in it is nothing new. Only for the replica's thread.
 */
public final class Rewind {
    private final History history;
    private final Index index;
    private final OldContent now;
    /** What the paths that differ should be; null for nothing. */
    private final Map<RelativePath, @Nullable Entry> target = new LinkedHashMap<>();

    private final Map<RelativePath, Saved> saved = new LinkedHashMap<>();
    /** Open documents that a batch left alone: nobody saved what they were before it. */
    private final Set<RelativePath> lost = new HashSet<>();

    /** Where old content is: below {@code undo/<slot>} of a transaction, which may be a directory above it. */
    private record Saved(long number, int slot, RelativePath from) {}

    private Rewind(History history, Index index, OldContent now) {
        this.history = history;
        this.index = index;
        this.now = now;
    }

    /** Where to go back to: so many different sequences, or to one by its number. */
    public record Goal(long count, @Nullable Long sequence) {}

    /**
     * Stages the way back in {@code workspace}.
     *
     * @throws ProtocolException {@code bad_request} if the history does not reach so far
     */
    public static Applier.Staged stage(Goal goal, History history, Index index, Workspace workspace, OldContent now)
            throws IOException {
        Rewind rewind = new Rewind(history, index, now);
        Transaction last = rewind.walk(goal);
        List<Change> changes = rewind.changes(last.fromTree());
        for (int slot = 0; slot < changes.size(); slot++) {
            rewind.stage(slot, changes.get(slot), workspace);
        }
        return new Applier.Staged(
                workspace,
                null,
                Transaction.ROLLBACK,
                last.from(),
                last.fromTree(),
                last.git(),
                changes,
                new WholeDirectories(),
                true,
                rewind.lost);
    }

    /**
     * Goes back through the history until the goal; what that transaction started from is where we want to be. Each
     * sequence counts once, however often it was left and come back to.
     */
    private Transaction walk(Goal goal) throws IOException {
        List<Transaction> newestFirst = history.newestFirst();
        Cursor goalCursor = null;
        boolean found = false;
        long passed = 0;
        for (Earlier each : earlier(newestFirst, index.cursor())) {
            passed++;
            if (goal.sequence() == null ? passed == goal.count() : sequence(each.cursor()) == goal.sequence()) {
                goalCursor = each.cursor();
                found = true;
                break;
            }
        }
        if (!found) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST,
                    "the history of this replica goes back to sequence " + lowest(newestFirst) + ", not further");
        }
        for (Transaction transaction : newestFirst) {
            undo(transaction);
            if (Objects.equals(transaction.from(), goalCursor)) {
                return transaction;
            }
        }
        throw new IllegalStateException("sequence " + sequence(goalCursor) + " is in the history, and is not");
    }

    /** A place in the history: a cursor, null for the beginning. */
    private record Earlier(@Nullable Cursor cursor) {}

    /**
     * The places before {@code now}, the nearest first: of its own epoch those with a smaller sequence, then those of
     * earlier epochs as they were left.
     */
    private static List<Earlier> earlier(List<Transaction> newestFirst, @Nullable Cursor now) {
        Set<Earlier> own = new HashSet<>();
        Set<Earlier> others = new LinkedHashSet<>();
        for (Transaction each : newestFirst) {
            if (each.reason().equals(Transaction.ADOPT)) {
                continue; // The same tree under another name.
            }
            Cursor from = each.from();
            boolean sameEpoch = from == null || (now != null && now.epoch().equals(from.epoch()));
            if (sameEpoch && sequence(from) < sequence(now)) {
                own.add(new Earlier(from));
            } else if (!sameEpoch) {
                others.add(new Earlier(from));
            }
        }
        List<Earlier> all = new ArrayList<>(own);
        all.sort(Comparator.comparingLong((Earlier each) -> sequence(each.cursor()))
                .reversed());
        boolean beginning = all.remove(new Earlier(null));
        all.addAll(others);
        if (beginning) {
            all.add(new Earlier(null));
        }
        return all;
    }

    private long lowest(List<Transaction> newestFirst) {
        return newestFirst.stream()
                .mapToLong(each -> sequence(each.from()))
                .reduce(sequence(index.cursor()), Math::min);
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
        for (Kept kept : transaction.plan().kept()) {
            if (kept.isTheLaptops()) {
                lost.add(kept.path());
            }
        }
        for (Entry entry : transaction.plan().removed()) {
            target.put(entry.path(), entry);
            for (RelativePath up = entry.path(); up != null; up = up.parent()) {
                Integer slot = slots.get(up);
                if (slot != null) {
                    saved.put(entry.path(), new Saved(transaction.number(), slot, up));
                    lost.remove(entry.path());
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
            Mover.makeLink(workspace.stage(), Layout.slot(slot), link.target());
        } else if (change instanceof Change.Put put) {
            Saved from = saved.get(put.path());
            if (lost.contains(put.path())) {
                return;
            }
            if (from == null) {
                try (OutputFile out = workspace.stage().create(Layout.slot(slot), put.executable())) {
                    now.copy(nowAt(put), put, out);
                }
                return;
            }
            try (Workspace old = history.open(from.number())) {
                copy(old.undo(), from, put, workspace.stage(), slot);
            }
        }
    }

    /** Where the content is now, if only the name changed. */
    private RelativePath nowAt(Change.Put put) throws ProtocolException {
        for (RelativePath path : target.keySet()) {
            if (index.entry(path) instanceof Entry.File file && file.digest().equals(put.digest())) {
                return path;
            }
        }
        throw missing(put.path());
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
