package io.github.notesync.agent.receive;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import zmq.Msg;
import zmq.msg.MsgAllocator;

/**
 * The memory of frames that come in. JeroMQ makes room for a whole frame as soon as one is claimed, and keeps the parts of
 * a message until the last one is there: a stranger with a few bytes to send, twenty times, would leave no memory to
 * anybody. Only for JeroMQ's thread.
 */
final class FrameMemory implements MsgAllocator {
    private static final int LIMIT = 24 << 20;
    /** From here on strangers are sent away. */
    private static final int CROWDED = LIMIT / 2;
    /** Only for frames like a ping, so that a kernel is heard in any crowd. */
    private static final int RESERVE = 8 << 20;

    private static final int SMALL = 64 << 10;
    private static final int OVERHEAD = 256;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Runnable onCrowd;
    private final ReferenceQueue<Msg> left = new ReferenceQueue<>();
    private final Set<Held> all = new HashSet<>();
    private long bytes;
    private long lastRelief = System.nanoTime() - PAUSE_NANOS;

    private static final class Held extends WeakReference<Msg> {
        final int bytes;

        Held(Msg frame, ReferenceQueue<Msg> left, int bytes) {
            super(frame, left);
            this.bytes = bytes;
        }
    }

    /** @param onCrowd lets go of connections that nobody knows */
    FrameMemory(Runnable onCrowd) {
        this.onCrowd = onCrowd;
    }

    /**
     * Room for a frame. One that is too much gets none: its connection is out of step from then on, which is noticed like
     * any other garbage, and a kernel connects anew.
     */
    @Override
    public Msg allocate(int size) {
        for (Reference<? extends Msg> each = left.poll(); each != null; each = left.poll()) {
            forget((Held) each);
        }
        int cost = size + OVERHEAD;
        if (bytes + cost > CROWDED && System.nanoTime() - lastRelief > PAUSE_NANOS) {
            relieve(cost);
        }
        if (bytes + cost > LIMIT + (size <= SMALL ? RESERVE : 0)) {
            return new Msg(0);
        }
        Msg frame = new Msg(size);
        bytes += cost;
        all.add(new Held(frame, left, cost));
        return frame;
    }

    private void relieve(int cost) {
        System.gc();
        for (Held each : Set.copyOf(all)) {
            if (each.refersTo(null)) {
                forget(each);
            }
        }
        if (bytes + cost > CROWDED) {
            onCrowd.run();
        }
        lastRelief = System.nanoTime();
    }

    private void forget(Held held) {
        if (all.remove(held)) {
            bytes -= held.bytes;
        }
    }
}
