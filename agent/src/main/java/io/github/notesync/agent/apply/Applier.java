package io.github.notesync.agent.apply;

import io.github.notesync.agent.journal.Home;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.JournalWriter;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.agent.plan.Observed;
import io.github.notesync.agent.plan.Plan;
import io.github.notesync.agent.plan.Planner;
import io.github.notesync.agent.plan.Safety;
import io.github.notesync.agent.plan.Spared;
import io.github.notesync.agent.stage.WholeDirectories;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies a staged batch, whole or not at all:
 *
 * <ol>
 *   <li>look at what the disk has, and plan;
 *   <li>save what will be replaced, write the journal, mark it committed, and force all of that to the disk;
 *   <li>swap, step by step; an error takes every step back;
 *   <li>mark it applied.
 * </ol>
 *
 * What was swapped is made durable afterwards, by {@link Settle}. Only for the replica's thread.
 */
public final class Applier {
    private static final int LOOKS = 5;

    private final Tree tree;
    private final Home home;
    private final Index index;
    private final KeptStore store;
    private final Traits traits;
    private final String boot;
    private final Safety safety = new Safety(System::nanoTime);
    private Set<RelativePath> open = Set.of();

    /** @param boot names this start of the machine */
    public Applier(Tree tree, Home home, Index index, KeptStore store, Traits traits, String boot) {
        this.tree = tree;
        this.home = home;
        this.index = index;
        this.store = store;
        this.traits = traits;
        this.boot = boot;
    }

    /**
     * What is to be applied.
     *
     * @param workspace holds the new content of each put and link, by its place among {@code changes}
     * @param whole the directories in which some of it waits instead
     * @param confirmed whether a person was asked about what it deletes
     * @param lost paths whose new content is nowhere: what is there stays
     */
    public record Staged(
            Workspace workspace,
            @Nullable String batch,
            String reason,
            @Nullable Cursor to,
            TreeDigest tree,
            @Nullable String git,
            List<Change> changes,
            WholeDirectories whole,
            boolean confirmed,
            Set<RelativePath> lost) {}

    /** What was applied, and what of the user's was kept. */
    public record Applied(Transaction transaction, List<KeptStore.Item> kept) {}

    /** A transaction that is applied and not durable yet, with its open workspace. */
    public record Pending(Transaction transaction, Workspace workspace) {}

    /** From now on leaves these alone: documents that somebody has open. */
    public void spare(Set<RelativePath> open) {
        this.open = open;
    }

    /**
     * Applies a batch. The workspace is used up on success only.
     *
     * @throws Halt if a person has to be asked first
     * @throws IOException nothing was changed, or everything was taken back
     */
    public Applied apply(Staged staged) throws IOException, Halt {
        tree.forgetAll();
        try {
            return applyOnce(staged);
        } finally {
            tree.forgetAll();
        }
    }

    private Applied applyOnce(Staged staged) throws IOException, Halt {
        Workspace workspace = staged.workspace();
        Preparation.Prepared prepared = prepare(staged);
        Transaction transaction = new Transaction(
                workspace.number(),
                staged.batch(),
                staged.reason(),
                index.cursor(),
                index.tree(),
                staged.to(),
                staged.tree(),
                staged.git(),
                boot,
                System.currentTimeMillis(),
                prepared.plan());
        List<KeptStore.Item> kept = new ArrayList<>();
        try {
            announce(transaction, kept);
            commit(transaction, workspace, prepared.hasUndo());
        } catch (IOException | RuntimeException e) {
            withdraw(transaction);
            throw e;
        }
        try {
            kept.addAll(Swap.perform(transaction, workspace, tree, home.scratch(), store, false));
            fill(transaction, workspace);
        } catch (IOException | RuntimeException e) {
            takeBack(transaction, workspace, e);
            throw e;
        }
        markApplied(workspace);
        index.apply(transaction);
        safety.applied(prepared.plan(), staged.confirmed());
        return new Applied(transaction, kept);
    }

    private Preparation.Prepared prepare(Staged staged) throws IOException, Halt {
        for (int look = 1; ; look++) {
            Map<RelativePath, Observed> seen = Observer.observe(staged.changes(), tree, index, traits);
            Plan plan =
                    Planner.plan(staged.changes(), seen, index, traits.ignoresCase(), new Spared(open, staged.lost()));
            if (!index.treeAfter(plan).equals(staged.tree())) {
                throw new ProtocolException(
                        ErrorCode.TREE_MISMATCH,
                        "the batch does not lead to the tree that it announces: send what differs again");
            }
            Safety.Question question = staged.confirmed() ? null : safety.ask(plan, index.files(), index.size());
            if (question != null) {
                throw new Halt(question);
            }
            try {
                return Preparation.prepare(plan, staged.workspace(), staged.whole(), tree);
            } catch (Preparation.Changed e) {
                if (look == LOOKS) {
                    throw new IOException(e.getMessage() + ", again and again: stop what writes there", e);
                }
            }
        }
    }

    /** Commits a transaction that changes nothing but the cursor. */
    public Transaction adopt(Workspace workspace, Cursor cursor) throws IOException {
        Transaction transaction = new Transaction(
                workspace.number(),
                null,
                Transaction.ADOPT,
                index.cursor(),
                index.tree(),
                cursor,
                index.tree(),
                null,
                boot,
                System.currentTimeMillis(),
                new Plan(List.of(), List.of(), List.of(), Set.of(), List.of(), Set.of()));
        commit(transaction, workspace, false);
        markApplied(workspace);
        index.apply(transaction);
        return transaction;
    }

    private static void commit(Transaction transaction, Workspace workspace, boolean hasUndo) throws IOException {
        JournalWriter.write(workspace.directory(), transaction);
        workspace.mark(Layout.COMMITTED);
        workspace.force(hasUndo);
    }

    private void announce(Transaction transaction, List<KeptStore.Item> items) throws IOException {
        long sequence = transaction.to() == null ? 0 : transaction.to().sequence();
        for (Kept kept : transaction.plan().kept()) {
            if (kept.isTheLaptops()) {
                items.add(announceOpen(transaction, kept, sequence));
                continue;
            }
            Observed there = Observer.look(kept.path(), tree);
            Digest digest = there instanceof Observed.File file ? file.digest() : null;
            long size = there instanceof Observed.File file ? file.stat().size() : 0;
            items.add(store.announce(transaction.number(), kept, sequence, size, digest));
        }
    }

    /** Of what is open only the laptop's newest version is kept. */
    private KeptStore.Item announceOpen(Transaction transaction, Kept kept, long sequence) throws IOException {
        store.dropOpen(kept.path());
        for (Entry entry : transaction.plan().added()) {
            if (entry instanceof Entry.File file && file.path().equals(kept.path())) {
                return store.announce(transaction.number(), kept, sequence, file.size(), file.digest());
            }
        }
        return store.announce(transaction.number(), kept, sequence, 0, null);
    }

    /** What cannot be deleted now is swept away when the replica is opened again. */
    private void withdraw(Transaction transaction) {
        for (Kept kept : transaction.plan().kept()) {
            try {
                store.withdraw(transaction.number(), kept);
            } catch (IOException e) {
                Log.line("an empty directory among what is kept could not be deleted: " + e);
            }
        }
    }

    private void fill(Transaction transaction, Workspace workspace) throws IOException {
        for (Kept kept : transaction.plan().kept()) {
            store.fill(transaction.number(), kept, workspace);
        }
    }

    private void takeBack(Transaction transaction, Workspace workspace, Exception why) {
        try {
            workspace.turnBack();
            TakeBack.perform(transaction, workspace, tree, home.scratch(), store);
        } catch (IOException | RuntimeException e) {
            // Recovery will go on with it. Until then this replica takes nothing.
            why.addSuppressed(e);
            throw new Broken(why);
        }
    }

    /** Taking back failed too: the replica must be recovered before anything else is done with it. */
    public static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(Exception cause) {
            super(cause);
        }
    }

    /** Finishes what an earlier agent left, and gives the transactions that are applied but not durable yet. */
    public Recovery.Result recover() throws IOException {
        return new Recovery(tree, home, index, store, traits, boot).recover();
    }

    /** The marker only saves a later recovery some work, so a full disk must not stop us here. */
    static void markApplied(Workspace workspace) {
        try {
            workspace.mark(Layout.APPLIED);
        } catch (IOException e) {
            Log.line(workspace.directory().path() + " could not be marked applied: " + e);
        }
    }

    /** A batch would delete so much that a person has to be asked. */
    public static final class Halt extends Exception {
        private static final long serialVersionUID = 1L;
        private final int deletes;
        private final int of;

        Halt(Safety.Question question) {
            super((question.withEarlier() ? "the batch and those of the last minute delete " : "the batch deletes ")
                    + question.deletes() + " of " + question.of() + " files");
            this.deletes = question.deletes();
            this.of = question.of();
        }

        public int deletes() {
            return deletes;
        }

        public int of() {
            return of;
        }
    }
}
