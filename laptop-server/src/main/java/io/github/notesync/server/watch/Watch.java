package io.github.notesync.server.watch;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A source of hints. One thread waits and uncovers; those methods that say so may be called by any.
 */
public interface Watch extends AutoCloseable {

    /** Begins to watch a directory, not what is below it. To be called before the directory is read. Any thread. */
    void cover(String directory, Path onDisk);

    /** Lets go of a directory that is gone or no longer part of the project. */
    void uncover(String directory);

    /** Whether every covered directory is really watched; else the caller has to scan by the clock. */
    boolean complete();

    /** The number of a new pulse, which {@link Hints#pulse} will have; 0 where events have no common order. Any thread. */
    long nextPulse();

    /** Makes an event that comes out of {@link #await} behind every event that is already queued. Any thread. */
    void pulse(long number) throws IOException;

    /** Waits for a hint, at most so long; takes all that are there. */
    Hints await(long nanos) throws InterruptedException;

    @Override
    void close();
}
