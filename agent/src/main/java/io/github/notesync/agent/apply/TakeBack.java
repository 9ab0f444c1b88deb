package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the steps of a transaction, last first, and leaves the replica as it was before. Each step first looks whether
 * there is anything to undo, so that it can be begun again after a crash. What is neither the old nor what notesync put
 * there is the user's, and kept. Only for the replica's thread.
 */
final class TakeBack {
    private final Transaction transaction;
    private final Workspace workspace;
    private final Tree tree;
    private final Directory scratch;
    private final KeptStore store;
    private final Map<RelativePath, Digest> ours = new HashMap<>();
    /** What is set aside, and may still be at its place, which in another case is that of a new file. */
    private final Set<String> wasThere = new HashSet<>();

    private final Set<RelativePath> touched = new HashSet<>();

    private TakeBack(Transaction transaction, Workspace workspace, Tree tree, Directory scratch, KeptStore store) {
        this.transaction = transaction;
        this.workspace = workspace;
        this.tree = tree;
        this.scratch = scratch;
        this.store = store;
        for (Step step : transaction.plan().steps()) {
            if (step instanceof Step.Aside aside) {
                wasThere.add(aside.was());
            }
        }
        for (Entry entry : transaction.plan().added()) {
            if (entry instanceof Entry.File file) {
                ours.put(file.path(), file.digest());
            } else if (entry instanceof Entry.Symlink link) {
                ours.put(link.path(), link.digest());
            }
        }
    }

    /** Undoes all steps, durably. */
    static void perform(Transaction transaction, Workspace workspace, Tree tree, Directory scratch, KeptStore store)
            throws IOException {
        tree.forgetAll();
        TakeBack back = new TakeBack(transaction, workspace, tree, scratch, store);
        for (Kept kept : transaction.plan().kept()) {
            store.unfill(transaction.number(), kept, workspace.undo());
        }
        List<Step> steps = transaction.plan().steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            back.undo(steps.get(i));
        }
        Settle.forceParents(back.touched, tree);
    }

    private void undo(Step step) throws IOException {
        RelativePath path = step.path();
        Directory parent = tree.parent(path);
        if (parent == null) {
            return;
        }
        Stat there = parent.stat(path.name());
        if (step instanceof Step.Place place) {
            unplace(place, parent, there);
        } else if (step instanceof Step.Aside aside) {
            bringBack(aside, parent, there);
        } else if (step instanceof Step.Recase recase) {
            recaseBack(recase, parent);
        } else if (step instanceof Step.SetExecutable set) {
            if (there != null && there.kind() == Kind.FILE) {
                parent.setExecutable(path.name(), !set.executable());
            }
        } else if (step instanceof Step.MakeDirectory) {
            unmake(path, parent, there);
        } else if (there == null) {
            Swap.makeDirectory(parent, path.name(), scratch);
        }
        touched.add(path);
    }

    private void unplace(Step.Place place, Directory parent, @Nullable Stat there) throws IOException {
        String name = place.path().name();
        boolean isOurs = there != null
                && !wasThere.contains(there.identity())
                && (isOurs(place, parent, there)
                        || HalfCopy.is(workspace.stage(), place.slot(), parent, name)
                        || HalfCopy.is(workspace.undo(), place.slot(), parent, name));
        if (place.replaces()) {
            boolean notYetReplaced = there != null && there.identity().equals(place.was());
            if (notYetReplaced || !Workspace.holds(workspace.undo(), place.slot())) {
                return;
            }
            if (there != null && !isOurs) {
                keep(parent, place.path());
            }
            Mover.move(workspace.undo(), Layout.slot(place.slot()), parent, name);
        } else if (isOurs) {
            parent.deleteFile(name);
        }
        Junk.deleteBytecode(parent, name);
    }

    private boolean isOurs(Step.Place place, Directory parent, Stat there) throws IOException {
        if (there.origin().equals(place.origin())) {
            return true;
        }
        Digest wanted = ours.get(place.path());
        return switch (there.kind()) {
            case FILE -> Observer.digest(parent, place.path().name()).equals(wanted);
            case SYMLINK -> Digest.of(parent.readSymlink(place.path().name())).equals(wanted);
            case DIRECTORY, OTHER -> false;
        };
    }

    private void bringBack(Step.Aside aside, Directory parent, @Nullable Stat there) throws IOException {
        Stat saved = workspace.undo().stat(Layout.slot(aside.slot()));
        if (saved == null || (there != null && neverLeft(aside, saved, there))) {
            return;
        }
        String name = aside.path().name();
        if (there != null && there.kind() == Kind.DIRECTORY && saved.kind() == Kind.DIRECTORY) {
            HalfCopy.complete(workspace.undo(), Layout.slot(aside.slot()), parent, name);
            return;
        }
        if (there != null && !HalfCopy.is(workspace.undo(), aside.slot(), parent, name)) {
            keep(parent, aside.path());
        }
        Mover.move(workspace.undo(), Layout.slot(aside.slot()), parent, name);
    }

    private static boolean neverLeft(Step.Aside aside, Stat saved, Stat there) {
        return saved.key().equals(there.key()) || there.identity().equals(aside.was());
    }

    private void recaseBack(Step.Recase step, Directory parent) throws IOException {
        tree.forget(step.path());
        tree.forget(step.old());
        String slot = Layout.slot(step.slot());
        if (parent.list().contains(step.path().name())) {
            Mover.move(parent, step.path().name(), workspace.undo(), slot);
        }
        if (Workspace.holds(workspace.undo(), step.slot())) {
            Mover.move(workspace.undo(), slot, parent, step.was());
        }
    }

    private void unmake(RelativePath path, Directory parent, @Nullable Stat there) throws IOException {
        if (there == null || there.kind() != Kind.DIRECTORY) {
            return;
        }
        try (Directory made = parent.open(path.name())) {
            for (String junk : Junk.in(made, made.list())) {
                Workspace.deleteAll(made, junk);
            }
        }
        tree.forget(path);
        Swap.deleteIfEmpty(parent, path.name());
    }

    private void keep(Directory parent, RelativePath path) throws IOException {
        tree.forget(path);
        long sequence = transaction.to() == null ? 0 : transaction.to().sequence();
        store.take(parent, path.name(), path, Kept.LATE, sequence);
    }
}
