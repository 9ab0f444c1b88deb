package io.github.notesync.agent;

import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.protocol.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the moment at which what the kernels of one replica see may change: no cell runs, no kernel that an earlier
 * agent served may be in one, and none has a place from which it could begin one unasked; places are recalled for that.
 * Only for the replica's thread.
 */
final class QuietMoment {
    /**
     * Who does not answer a recall so long is stopped or hangs, and loses its place. Longer than a kernel trusts a place
     * without having listened, and what messages take.
     */
    static final long RECALL_MILLIS = 1_000;

    /** Does something later, on the replica's thread. */
    interface Timer {
        ScheduledFuture<?> in(long millis, Runnable task);
    }

    private final Supplier<@Nullable Replica> replica;
    private final Timer timer;
    private final Cells cells = new Cells();
    private final Map<Kernel, Object> recalls = new HashMap<>();
    private final Deque<Runnable> changes = new ArrayDeque<>();
    private @Nullable Returning returning;

    QuietMoment(Supplier<@Nullable Replica> replica, Timer timer) {
        this.replica = replica;
        this.timer = timer;
    }

    /** The replica was opened; {@code missing} are those who may be in a cell since before. */
    void opened(Returning missing) {
        returning = missing;
        if (missing.anyIsMissing()) {
            ScheduledFuture<?> unused = timer.in(Returning.PATIENCE_MILLIS + 10, this::applyIfQuiet);
        }
    }

    /** A kernel attached. */
    void came(Kernel kernel, boolean inCell) {
        if (returning != null) {
            returning.came(kernel);
        }
        if (inCell) {
            cells.enter(kernel);
        }
    }

    /** Notes down who is attached, for an agent to come. */
    void note(Replica open, Collection<Kernel> kernels) {
        if (returning != null) {
            returning.note(open.directory(), kernels);
        }
    }

    /** Applies what is staged unless a kernel is in a cell, or about to be. */
    void applyIfQuiet() {
        Replica open = replica.get();
        Intake.Staged staged = staged();
        if (open == null || staged == null) {
            cells.release();
        } else if (cells.anyRuns() || anyIsMissing()) {
            recall();
            open.report().waiting(staged.batch(), waitsFor());
        } else if (cells.anyHasPlace()) {
            recall();
        } else {
            apply(open, false);
        }
    }

    /** What waits for the moment; null if nothing does. */
    private Intake.@Nullable Staged staged() {
        Replica open = replica.get();
        Intake.Staged staged = open == null ? null : open.intake().staged();
        return staged == null || staged.halted() ? null : staged;
    }

    private boolean anyIsMissing() {
        return returning != null && returning.anyIsMissing();
    }

    /** Those in a cell, and those of whom that is not known yet. */
    private List<String> waitsFor() {
        List<String> all = new ArrayList<>(cells.runningIds());
        if (returning != null) {
            all.addAll(returning.names());
        }
        return all;
    }

    private void apply(Replica open, boolean forced) {
        try {
            open.applyStaged(forced);
        } finally {
            cells.release();
        }
    }

    private void applyAnyway() {
        Replica open = replica.get();
        if (open != null) {
            apply(open, cells.anyRuns() || anyIsMissing());
        }
    }

    /** A kernel is about to run a cell: it gets what is staged first, and waits a little if others run cells. */
    void enter(Kernel kernel, long waitMillis, Runnable go) {
        takePlace(kernel);
        Replica open = replica.get();
        Intake.Staged staged = staged();
        if (open != null && staged != null) {
            boolean othersRun = cells.anyOtherRuns(kernel) || anyIsMissing();
            if (othersRun || cells.anyHasPlace()) {
                recall();
                if (othersRun) {
                    open.report().waiting(staged.batch(), waitsFor());
                }
                cells.await(new Cells.Waiter(kernel, go, timer.in(waitMillis, this::applyAnyway)));
                return;
            }
            cells.leave(kernel);
            apply(open, false);
        }
        cells.enter(kernel);
        go.run();
    }

    /** A kernel has begun a cell in its place, or (not {@code kept}) gives its place up in the middle of one. */
    void enterInPlace(Kernel kernel, boolean kept) {
        if (!kept) {
            takePlace(kernel); // It has said before that it is in a cell, or waits at the door of one.
            return;
        }
        boolean isNews = !cells.runs(kernel);
        cells.enter(kernel);
        if (isNews && staged() != null) {
            applyIfQuiet();
        }
    }

    /** The cell ended, or the place is given up; unless it is {@code kept}, where it was not taken away meanwhile. */
    void leave(Kernel kernel, boolean kept) {
        cells.leave(kernel);
        if (kept) {
            recalls.remove(kernel); // Its time to answer begins now.
        } else {
            takePlace(kernel);
        }
        applyIfQuiet();
    }

    /** Whether the kernel has a place from now on. Not while a change waits for all places to be given up. */
    boolean givePlace(Kernel kernel) {
        if (staged() != null || !changes.isEmpty() || cells.runs(kernel)) {
            return false;
        }
        cells.givePlace(kernel);
        return true;
    }

    private void takePlace(Kernel kernel) {
        cells.takePlace(kernel);
        recalls.remove(kernel);
        runChanges();
    }

    private void recall() {
        for (Kernel kernel : cells.placed()) {
            if (!recalls.containsKey(kernel)) {
                recall(kernel);
            }
        }
    }

    private void recall(Kernel kernel) {
        Object recall = new Object();
        recalls.put(kernel, recall);
        Replica open = replica.get();
        kernel.tell(
                "recall",
                JsonObject.builder()
                        .put("replica", open == null ? "" : open.id().hex()));
        ScheduledFuture<?> unused = timer.in(RECALL_MILLIS, () -> {
            if (recall.equals(recalls.get(kernel)) && !cells.runs(kernel)) {
                Log.line("kernel " + kernel.id() + " does not answer and loses its place between cells");
                takePlace(kernel);
                applyIfQuiet();
            }
        });
    }

    /**
     * Changes what the kernels see, whoever runs a cell, but not before each that has a place has heard that it ends:
     * its next cell then begins with asking.
     */
    void change(Runnable change) {
        changes.add(change);
        if (cells.anyHasPlace()) {
            recall();
            ScheduledFuture<?> unused = timer.in(RECALL_MILLIS, () -> {
                if (changes.remove(change)) {
                    change.run();
                }
            });
        } else {
            runChanges();
        }
    }

    private void runChanges() {
        while (!cells.anyHasPlace() && !changes.isEmpty()) {
            changes.remove().run();
        }
    }

    /** Lets all that wait into their cells. */
    void release() {
        cells.release();
    }

    /** The kernel is no longer there. */
    void forget(Kernel kernel) {
        cells.forget(kernel);
        takePlace(kernel);
    }

    /** For people. */
    JsonObject.Builder describe(JsonObject.Builder json) {
        return json.put("in_cell", cells.runningIds())
                .put("places", cells.placed().stream().map(Kernel::id).toList());
    }
}
