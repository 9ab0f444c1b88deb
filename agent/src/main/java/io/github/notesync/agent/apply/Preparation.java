package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.plan.Plan;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.agent.stage.WholeDirectories;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Saves what a plan will replace, and learns how to tell the new files apart, before anything is visible. Only for the
 * replica's thread.
 */
final class Preparation {
    private final Workspace workspace;
    private final WholeDirectories whole;
    private final Tree tree;
    private boolean hasUndo;

    private Preparation(Workspace workspace, WholeDirectories whole, Tree tree) {
        this.workspace = workspace;
        this.whole = whole;
        this.tree = tree;
    }

    /** The prepared plan, and whether {@code undo/} will hold anything. */
    record Prepared(Plan plan, boolean hasUndo) {}

    /** Something was changed after the plan had seen it: look again. */
    static final class Changed extends Exception {
        private static final long serialVersionUID = 1L;

        Changed(RelativePath path) {
            super(path + " was changed a moment ago");
        }
    }

    static Prepared prepare(Plan plan, Workspace workspace, WholeDirectories whole, Tree tree)
            throws IOException, Changed {
        Preparation preparation = new Preparation(workspace, whole, tree);
        Map<RelativePath, Integer> free = preparation.free(plan);
        whole.keepOnly(free, workspace.stage());
        List<Step> steps = new ArrayList<>(plan.steps().size());
        for (Step step : plan.steps()) {
            Integer slot = step instanceof Step.MakeDirectory ? free.get(step.path()) : null;
            if (slot != null) {
                steps.add(Step.Place.whole(slot, step.path()));
            }
            steps.add(step instanceof Step.Place place ? preparation.prepare(place) : step);
            preparation.hasUndo |= step instanceof Step.Aside;
        }
        return new Prepared(
                new Plan(steps, plan.removed(), plan.added(), plan.adopted(), plan.kept(), plan.losses()),
                preparation.hasUndo);
    }

    /** The directories that are staged whole and can be placed whole: nothing is where they go. */
    private Map<RelativePath, Integer> free(Plan plan) {
        Map<RelativePath, Integer> free = new HashMap<>();
        for (Step step : plan.steps()) {
            Integer slot = step instanceof Step.MakeDirectory ? whole.slot(step.path()) : null;
            if (slot != null) {
                free.put(step.path(), slot);
            }
        }
        return free;
    }

    private Step.Place prepare(Step.Place place) throws IOException, Changed {
        String origin = place.replaces() ? null : whole.origin(place.slot());
        if (origin != null) {
            return new Step.Place(place.slot(), origin, place.was(), place.path());
        }
        String slot = Layout.slot(place.slot());
        Stat staged = workspace.stage().stat(slot);
        if (staged == null) {
            throw new IllegalStateException("slot " + slot + " of " + place.path() + " is not staged");
        }
        if (place.replaces()) {
            hasUndo = true;
            Stat old = save(place, slot);
            if (staged.modifiedSecond() <= old.modifiedSecond()) {
                staged = setLater(slot, staged, old.modifiedSecond() + 1);
            }
        }
        return new Step.Place(place.slot(), staged.origin(), place.was(), place.path());
    }

    private Stat save(Step.Place place, String slot) throws IOException, Changed {
        Directory parent = tree.requireParent(place.path());
        String name = place.path().name();
        Stat old = parent.stat(name);
        if (old == null || !old.identity().equals(place.was())) {
            throw new Changed(place.path());
        }
        if (workspace.undo().stat(slot) != null) {
            workspace.undo().deleteFile(slot);
        }
        Mover.duplicate(parent, name, workspace.undo(), slot);
        return old;
    }

    /** Python compares whole seconds: a new file is always in a later one than the old. */
    private Stat setLater(String slot, Stat staged, long second) throws IOException {
        if (staged.kind() != Kind.FILE) {
            return staged;
        }
        workspace.stage().setModified(slot, TimeUnit.SECONDS.toNanos(second));
        Stat later = workspace.stage().stat(slot);
        return later == null ? staged : later;
    }
}
