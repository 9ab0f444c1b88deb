package io.github.notesync.server.serve;

import java.util.concurrent.Semaphore;

/**
 * Memory for answers on their way. A big one has to fit in here or becomes a small one, so that readers by the drop,
 * each with megabytes before it, do not take all that there is. Any thread.
 */
final class Room {
    private static final int BYTES = 32 << 20;
    /** So much every answer may hold. */
    private static final int SMALL = 64 << 10;

    private final Semaphore free = new Semaphore(BYTES);

    /** Takes what the answer may hold of the bytes that are wanted; to be given back when it is gone. */
    int take(int wanted) {
        return wanted <= SMALL || free.tryAcquire(wanted) ? wanted : SMALL;
    }

    void giveBack(int taken) {
        if (taken > SMALL) {
            free.release(taken);
        }
    }
}
