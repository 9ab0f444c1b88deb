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
import io.github.notesync.agent.stage.WholeDirectories;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Does the steps of a committed transaction. Each step first looks whether it was done already, so that a swap which a
 * crash cut short is simply done again. What somebody changed since the plan was made is kept, not lost. Only for the
 * replica's thread.
 */
final class Swap {
    private final Workspace workspace;
    private final Tree tree;
    private final Directory scratch;
    private final KeptStore store;
    private final long number;
    private final long sequence;
    private final boolean again;
    private final List<Step> steps;
    /** What is kept, by its slot. */
    private final Map<Integer, Kept> kept = new HashMap<>();

    private final List<KeptStore.Item> late = new ArrayList<>();
    /** Directories that this swap made a moment ago: nothing is in them yet. */
    private final Set<RelativePath> fresh = new HashSet<>();

    /** Directories that came a moment ago with all that belongs into them. */
    private final Set<RelativePath> complete = new HashSet<>();

    private Swap(
            Transaction transaction,
            Workspace workspace,
            Tree tree,
            Directory scratch,
            KeptStore store,
            boolean again) {
        this.workspace = workspace;
        this.tree = tree;
        this.scratch = scratch;
        this.store = store;
        this.number = transaction.number();
        this.sequence = transaction.to() == null ? 0 : transaction.to().sequence();
        this.again = again;
        this.steps = transaction.plan().steps();
        transaction.plan().kept().forEach(each -> kept.put(each.slot(), each));
    }

    /**
     * Does all steps.
     *
     * @param again whether some may have been done before
     * @return what was changed by somebody in the last moment, and kept
     */
    static List<KeptStore.Item> perform(
            Transaction transaction, Workspace workspace, Tree tree, Directory scratch, KeptStore store, boolean again)
            throws IOException {
        Swap swap = new Swap(transaction, workspace, tree, scratch, store, again);
        for (Step step : swap.steps) {
            swap.perform(step);
        }
        return swap.late;
    }

    private void perform(Step step) throws IOException {
        if (step instanceof Step.Place place) {
            place(place);
        } else if (step instanceof Step.MakeDirectory make) {
            makeDirectory(make.path());
        } else if (step instanceof Step.Aside aside) {
            aside(aside);
        } else if (step instanceof Step.Recase recase) {
            recase(recase);
        } else if (step instanceof Step.SetExecutable set) {
            setExecutable(set.path(), set.executable());
        } else {
            removeDirectory(step.path());
        }
    }

    private void place(Step.Place place) throws IOException {
        String slot = Layout.slot(place.slot());
        RelativePath path = place.path();
        if (again && workspace.stage().stat(slot) == null) {
            deleteBytecode(path);
            return;
        }
        if (place.isWhole()) {
            placeWhole(place);
            return;
        }
        if (complete.contains(path.parent())) {
            return;
        }
        Directory parent = tree.requireParent(path);
        if (!fresh.contains(path.parent())) {
            Stat there = parent.stat(path.name());
            boolean ours = there == null
                    || there.identity().equals(place.was())
                    || (again && HalfCopy.is(workspace.stage(), place.slot(), parent, path.name()));
            if (!ours) {
                keepLate(parent, path);
            }
        }
        Mover.move(workspace.stage(), slot, parent, path.name());
        if (!fresh.contains(path.parent())) {
            Junk.deleteBytecode(parent, path.name());
        }
    }

    /**
     * Places a directory with all that is in it. Where somebody made one a moment ago, and across file systems, what is in
     * it is placed one by one.
     */
    private void placeWhole(Step.Place place) throws IOException {
        Directory parent = tree.requireParent(place.path());
        Stat there = parent.stat(place.path().name());
        if (there != null && there.kind() != Kind.DIRECTORY) {
            keepLate(parent, place.path());
        }
        if (there == null || there.kind() != Kind.DIRECTORY) {
            try {
                workspace
                        .stage()
                        .rename(Layout.slot(place.slot()), parent, place.path().name());
                if (!again) {
                    complete.add(place.path());
                }
                return;
            } catch (FileSystemException e) {
                if (!Mover.isUnsupported(e)) {
                    throw e;
                }
            }
        }
        Map<RelativePath, Integer> files = new HashMap<>();
        for (Step step : steps) {
            if (step instanceof Step.Place each) {
                files.put(each.path(), each.slot());
            }
        }
        WholeDirectories.takeApart(workspace.stage(), place.slot(), place.path(), files);
    }

    private void aside(Step.Aside aside) throws IOException {
        RelativePath path = aside.path();
        Directory parent = tree.parent(path);
        Stat there = parent == null ? null : parent.stat(path.name());
        if (parent == null || there == null || (again && isAside(aside, there))) {
            deleteBytecode(path);
            return;
        }
        if (there.kind() == Kind.DIRECTORY) {
            tree.forget(path);
        } else if (!aside.was().equals(Step.NOTHING) && !there.identity().equals(aside.was())) {
            keepLate(parent, path);
            return;
        }
        Mover.move(parent, path.name(), workspace.undo(), Layout.slot(aside.slot()));
        Junk.deleteBytecode(parent, path.name());
    }

    /**
     * Whether it was done. Where moving is copying, a crash may have left it in both places: then it goes on with what is
     * still here. A directory that is kept has left {@code undo/} again, once all steps were done.
     */
    private boolean isAside(Step.Aside aside, Stat there) throws IOException {
        Kept filled = kept.get(aside.slot());
        if (filled != null && store.isFilled(number, filled)) {
            return true;
        }
        Stat saved = workspace.undo().stat(Layout.slot(aside.slot()));
        boolean inBoth = saved != null && saved.kind() == Kind.DIRECTORY && there.kind() == Kind.DIRECTORY;
        return saved != null && !inBoth && !there.identity().equals(aside.was());
    }

    private void deleteBytecode(RelativePath source) throws IOException {
        Directory parent = tree.parent(source);
        if (parent != null) {
            Junk.deleteBytecode(parent, source.name());
        }
    }

    private void makeDirectory(RelativePath path) throws IOException {
        if (complete.contains(path) || complete.contains(path.parent())) {
            complete.add(path);
            return;
        }
        Directory parent = tree.requireParent(path);
        Stat there = parent.stat(path.name());
        if (there != null && there.kind() == Kind.DIRECTORY) {
            return;
        }
        if (there != null) {
            keepLate(parent, path);
        }
        makeDirectory(parent, path.name(), scratch);
        fresh.add(path);
    }

    /** Makes it in our own directory and moves it to its place: Java can make a directory by path only. */
    static void makeDirectory(Directory parent, String name, Directory scratch) throws IOException {
        Workspace.deleteAll(scratch, Layout.SCRATCH_NAME);
        scratch.makeDirectory(Layout.SCRATCH_NAME, false);
        Mover.move(scratch, Layout.SCRATCH_NAME, parent, name);
    }

    private void recase(Step.Recase step) throws IOException {
        tree.forget(step.path());
        tree.forget(step.old());
        Directory parent = tree.parent(step.path());
        if (parent == null) {
            return;
        }
        String slot = Layout.slot(step.slot());
        if (parent.list().contains(step.was())) {
            Mover.move(parent, step.was(), workspace.undo(), slot);
        }
        if (Workspace.holds(workspace.undo(), step.slot())) {
            if (parent.stat(step.path().name()) != null) {
                keepLate(parent, step.path());
            }
            Mover.move(workspace.undo(), slot, parent, step.path().name());
        }
    }

    private void setExecutable(RelativePath path, boolean executable) throws IOException {
        Directory parent = tree.parent(path);
        Stat there = parent == null ? null : parent.stat(path.name());
        if (parent != null && there != null && there.kind() == Kind.FILE) {
            parent.setExecutable(path.name(), executable);
        }
    }

    private void removeDirectory(RelativePath path) throws IOException {
        tree.forget(path);
        Directory parent = tree.parent(path);
        if (parent != null) {
            deleteIfEmpty(parent, path.name());
        }
    }

    /** Leaves a directory in which there is something, and whatever is no directory. */
    static void deleteIfEmpty(@Nullable Directory parent, String name) throws IOException {
        try {
            if (parent != null) {
                parent.deleteDirectory(name);
            }
        } catch (DirectoryNotEmptyException | NotDirectoryException | NoSuchFileException stays) {
            // As the plan has it.
        }
    }

    private void keepLate(Directory parent, RelativePath path) throws IOException {
        tree.forget(path);
        late.add(store.take(parent, path.name(), path, Kept.LATE, sequence));
    }
}
