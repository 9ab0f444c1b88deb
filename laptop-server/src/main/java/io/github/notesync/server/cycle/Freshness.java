package io.github.notesync.server.cycle;

import io.github.notesync.server.watch.Watch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * Those who wait until every save that returned before they came has been taken in. Any thread asks, the cycle answers.
 */
final class Freshness {
    private final Watch watch;
    private final List<Waiting> waiting = new ArrayList<>();
    private long seen;

    private record Waiting(long pulse, CompletableFuture<Void> done) {}

    Freshness(Watch watch) {
        this.watch = watch;
    }

    Future<Void> ask() throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long pulse = watch.nextPulse();
        // Known before the event can come, or the cycle might see the one and miss the other.
        synchronized (this) {
            waiting.add(new Waiting(pulse, done));
        }
        watch.pulse(pulse);
        return done;
    }

    /** Takes note of a pulse that came out of the watch. */
    synchronized void saw(long pulse) {
        seen = Math.max(seen, pulse);
    }

    /** Those whose events have all been read, or who can only be served by a scan of everything. */
    synchronized Served due() {
        List<CompletableFuture<Void>> due = new ArrayList<>();
        boolean everything = false;
        for (var each = waiting.iterator(); each.hasNext(); ) {
            Waiting one = each.next();
            if (one.pulse() <= seen) {
                due.add(one.done());
                everything |= one.pulse() == 0;
                each.remove();
            }
        }
        return new Served(due, everything);
    }

    /** @param everything whether events are no proof here, and every directory has to be looked at */
    record Served(List<CompletableFuture<Void>> due, boolean everything) {
        boolean isEmpty() {
            return due.isEmpty();
        }

        void complete() {
            due.forEach(each -> each.complete(null));
        }
    }
}
