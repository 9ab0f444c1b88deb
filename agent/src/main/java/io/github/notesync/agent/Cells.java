package io.github.notesync.agent;

import io.github.notesync.agent.receive.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;

/**
 * Which kernels of a replica run a cell, which have a place, from which they begin the next one without asking, and
 * which wait at the door of one until a batch is in. Only for the replica's thread.
 */
final class Cells {
    private final Set<Kernel> running = new LinkedHashSet<>();
    private final Set<Kernel> placed = new LinkedHashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();

    /** A kernel that will run a cell as soon as the staged batch is in. */
    record Waiter(Kernel kernel, Runnable go, ScheduledFuture<?> timeout) {}

    boolean anyRuns() {
        return !running.isEmpty();
    }

    boolean anyOtherRuns(Kernel kernel) {
        return running.stream().anyMatch(each -> !each.equals(kernel));
    }

    boolean runs(Kernel kernel) {
        return running.contains(kernel);
    }

    List<String> runningIds() {
        return running.stream().map(Kernel::id).toList();
    }

    /** Those that have a place, in a cell or not. */
    List<Kernel> placed() {
        return List.copyOf(placed);
    }

    boolean anyHasPlace() {
        return !placed.isEmpty();
    }

    void givePlace(Kernel kernel) {
        placed.add(kernel);
    }

    void takePlace(Kernel kernel) {
        placed.remove(kernel);
    }

    void enter(Kernel kernel) {
        running.add(kernel);
    }

    void leave(Kernel kernel) {
        running.remove(kernel);
    }

    void await(Waiter waiter) {
        running.remove(waiter.kernel());
        waiters.add(waiter);
    }

    /** Lets all waiters into their cells. */
    void release() {
        List<Waiter> released = new ArrayList<>(waiters);
        waiters.clear();
        for (Waiter waiter : released) {
            waiter.timeout().cancel(false);
            running.add(waiter.kernel());
            waiter.go().run();
        }
    }

    /** The kernel is no longer there. */
    void forget(Kernel kernel) {
        running.remove(kernel);
        placed.remove(kernel);
        waiters.removeIf(waiter -> {
            boolean gone = waiter.kernel().equals(kernel);
            if (gone) {
                waiter.timeout().cancel(false);
            }
            return gone;
        });
    }
}
