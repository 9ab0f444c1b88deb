package io.github.notesync.server.watch;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** No watch at all: the caller scans by the clock. For systems that give no watch service. */
final class ClockWatch implements Watch {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void cover(String directory, Path onDisk) {
        // Nothing is watched.
    }

    @Override
    public void uncover(String directory) {
        // As above.
    }

    @Override
    public boolean complete() {
        return false;
    }

    @Override
    public long nextPulse() {
        return 0;
    }

    @Override
    public void pulse(long number) {
        // Events have no order here.
    }

    @Override
    public Hints await(long nanos) throws InterruptedException {
        if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("the watch is closed");
        }
        return Hints.NONE;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
