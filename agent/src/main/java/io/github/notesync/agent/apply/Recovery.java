package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Home;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.JournalReader;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finishes what an earlier agent left, from whatever instant it died at:
 *
 * <ul>
 *   <li>not committed: nothing was visible, the workspace is deleted;
 *   <li>committed: the swap is done again, which skips what was done;
 *   <li>undoing: the steps are taken back;
 *   <li>the machine was started anew since: what is not in the index was not durable. It stays if every file is just
 *       as it should be, else all such transactions are taken back, the newest first.
 * </ul>
 *
 * Can itself be cut short and begun again. Only for the replica's thread.
 */
public final class Recovery {
    private final Tree tree;
    private final Home home;
    private final Index index;
    private final KeptStore store;
    private final Traits traits;
    private final String boot;

    private final List<Applier.Pending> applied = new ArrayList<>();
    private final List<Applier.Pending> doubtful = new ArrayList<>();
    private Outcome outcome = Outcome.NOTHING;

    /** What had to be done; the last of several counts. */
    public enum Outcome {
        NOTHING,
        DISCARDED,
        ROLLED_FORWARD,
        UNDONE
    }

    /** @param applied oldest first; the index has them */
    public record Result(Outcome outcome, List<Applier.Pending> applied, long nextNumber) {}

    Recovery(Tree tree, Home home, Index index, KeptStore store, Traits traits, String boot) {
        this.tree = tree;
        this.home = home;
        this.index = index;
        this.store = store;
        this.traits = traits;
        this.boot = boot;
    }

    Result recover() throws IOException {
        long settled = index.number();
        long highest = settled;
        List<String> names = home.transactions().list();
        Collections.sort(names);
        for (String name : names) {
            if (Layout.isNumber(name)) {
                checkVersion(name);
            }
        }
        for (String name : names) {
            if (!Layout.isNumber(name)) {
                Workspace.deleteAll(home.transactions(), name);
                continue;
            }
            Workspace workspace = Workspace.open(home.transactions(), name);
            highest = Math.max(highest, workspace.number());
            if (workspace.number() <= settled) {
                workspace.retire(home.history());
            } else {
                recover(workspace);
            }
        }
        recoverDoubtful();
        for (String name : home.history().list()) {
            highest = Layout.isNumber(name) ? Math.max(highest, Long.parseLong(name)) : highest;
        }
        sweep();
        tree.forgetAll();
        return new Result(outcome, applied, highest + 1);
    }

    /** A journal of a later version is left alone, and with it all that came before. */
    private void checkVersion(String name) throws IOException {
        try (Directory transaction = home.transactions().open(name)) {
            if (transaction.stat(Layout.JOURNAL) != null) {
                JournalReader.read(transaction);
            }
        } catch (ProtocolException e) {
            if (e.code() == ErrorCode.JOURNAL_NEWER) {
                throw e;
            }
        }
    }

    private void recover(Workspace workspace) throws IOException {
        boolean undoing = workspace.is(Layout.UNDOING);
        if (!undoing && !workspace.is(Layout.COMMITTED)) {
            discard(workspace);
            return;
        }
        Transaction transaction;
        try {
            transaction = JournalReader.read(workspace.directory());
        } catch (ProtocolException e) {
            // The journal is forced before the first swap: with a torn one nothing was swapped.
            discard(workspace);
            return;
        }
        Applier.Pending pending = new Applier.Pending(transaction, workspace);
        if (undoing) {
            takeBack(pending);
        } else if (transaction.boot().equals(boot)) {
            rollForward(pending);
        } else {
            doubtful.add(pending);
        }
    }

    private void discard(Workspace workspace) throws IOException {
        workspace.delete();
        happened(Outcome.DISCARDED);
    }

    private void rollForward(Applier.Pending pending) throws IOException {
        Workspace workspace = pending.workspace();
        if (!workspace.is(Layout.APPLIED)) {
            happened(Outcome.ROLLED_FORWARD);
            try {
                tree.forgetAll();
                Swap.perform(pending.transaction(), workspace, tree, home.scratch(), store, true);
                for (Kept kept : pending.transaction().plan().kept()) {
                    store.fill(pending.transaction().number(), kept, workspace);
                }
            } catch (IOException e) {
                workspace.turnBack();
                takeBack(pending);
                return;
            }
            Applier.markApplied(workspace);
        }
        index.apply(pending.transaction());
        applied.add(pending);
    }

    private void takeBack(Applier.Pending pending) throws IOException {
        TakeBack.perform(pending.transaction(), pending.workspace(), tree, home.scratch(), store);
        pending.workspace().delete();
        happened(Outcome.UNDONE);
    }

    private void recoverDoubtful() throws IOException {
        if (doubtful.isEmpty()) {
            return;
        }
        if (allIntact()) {
            for (Applier.Pending pending : doubtful) {
                index.apply(pending.transaction());
                applied.add(pending);
            }
            return;
        }
        for (int i = doubtful.size() - 1; i >= 0; i--) {
            Applier.Pending pending = doubtful.get(i);
            if (!pending.workspace().is(Layout.UNDOING)) {
                pending.workspace().turnBack();
            }
            takeBack(pending);
        }
    }

    /** Whether the disk has, by content, all that each of them put there. Doubt takes back, which loses nothing. */
    private boolean allIntact() throws IOException {
        for (Applier.Pending pending : doubtful) {
            if (!pending.workspace().is(Layout.APPLIED)) {
                return false;
            }
        }
        for (Applier.Pending pending : doubtful) {
            if (!isIntact(pending)) {
                return false;
            }
        }
        return true;
    }

    private boolean isIntact(Applier.Pending pending) throws IOException {
        for (Entry entry : pending.transaction().plan().added()) {
            Directory parent = tree.parent(entry.path());
            Stat stat = parent == null ? null : parent.stat(entry.path().name());
            if (parent == null || stat == null || !isIntact(entry, parent, stat)) {
                return false;
            }
        }
        Set<String> added = new HashSet<>();
        pending.transaction().plan().added().forEach(entry -> added.add(name(entry.path())));
        for (Step step : pending.transaction().plan().steps()) {
            boolean deleted = step instanceof Step.Aside || step instanceof Step.RemoveDirectory;
            if (deleted && !added.contains(name(step.path())) && tree.stat(step.path()) != null) {
                return false;
            }
        }
        return true;
    }

    /** What tells two paths apart on this file system. */
    private String name(RelativePath path) {
        return traits.ignoresCase() ? path.collisionKey() : path.value();
    }

    private boolean isIntact(Entry entry, Directory parent, Stat stat) throws IOException {
        if (entry instanceof Entry.File file) {
            return stat.kind() == Kind.FILE
                    && stat.size() == file.size()
                    && stat.executable() == file.executable()
                    && Observer.digest(parent, entry.path().name()).equals(file.digest());
        }
        if (entry instanceof Entry.Symlink link) {
            return traits.isThere(link, parent, stat);
        }
        return stat.kind() == Kind.DIRECTORY;
    }

    private void sweep() throws IOException {
        Workspace.deleteAll(home.scratch(), Layout.SCRATCH_NAME);
        store.sweep();
    }

    private void happened(Outcome what) {
        outcome = what.compareTo(outcome) > 0 ? what : outcome;
    }
}
