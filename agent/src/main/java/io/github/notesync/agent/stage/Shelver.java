package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.protocol.Change;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Puts files onto the shelves on a thread of its own, while the thread that calls decodes and checks what comes behind
 * them: the one takes about as long as the other. Its few buffers are used again and again, so that neither the memory
 * nor the garbage grows with the batch. One thread calls.
 */
final class Shelver implements Closeable {
    private static final int BUFFER = 64 << 10;
    private static final int BUFFERS = 32;

    private final Shelves shelves;
    private final ExecutorService thread = Beside.thread("shelve");
    /** How many of the buffers are not waiting to be written. */
    private final Semaphore room = new Semaphore(BUFFERS);

    private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();
    /** The file whose pieces come now. Only for the thread, and when that has ended. */
    private @Nullable OutputFile open;

    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    Shelver(Shelves shelves) {
        this.shelves = shelves;
    }

    /**
     * Takes over a file.
     *
     * @param bytes read to their end before this returns
     * @throws IOException also what an earlier file met
     */
    void put(int slot, Change.Put put, InputStream bytes) throws IOException {
        long left = put.payloadSize();
        boolean begins = true;
        do {
            byte[] buffer = take();
            int n = bytes.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            left -= n;
            write(slot, put, buffer, n, begins, left == 0);
            begins = false;
        } while (left > 0);
    }

    private byte[] take() throws IOException {
        acquire(1);
        Beside.rethrow(failure);
        byte[] buffer = free.poll();
        return buffer == null ? new byte[BUFFER] : buffer;
    }

    private void write(int slot, Change.Put put, byte[] buffer, int bytes, boolean begins, boolean ends) {
        thread.execute(() -> {
            try {
                if (!ended) {
                    writeHere(slot, put, ByteBuffer.wrap(buffer, 0, bytes), begins, ends);
                }
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
                ended = true;
            } finally {
                free.add(buffer);
                room.release();
            }
        });
    }

    private void writeHere(int slot, Change.Put put, ByteBuffer piece, boolean begins, boolean ends)
            throws IOException {
        OutputFile file = begins ? shelves.create(slot, put) : Objects.requireNonNull(open, "begun before");
        open = file;
        file.write(piece);
        if (ends) {
            open = null;
            file.close();
            shelves.shelve(slot, put);
        }
    }

    /** Returns when all that was taken over is there: then the caller may use the shelves itself. */
    void await() throws IOException {
        acquire(BUFFERS);
        room.release(BUFFERS);
        Beside.rethrow(failure);
    }

    private void acquire(int buffers) throws InterruptedIOException {
        try {
            room.acquire(buffers);
        } catch (InterruptedException e) {
            throw Beside.interrupted();
        }
    }

    /** Returns when nothing is written any more. */
    @Override
    public void close() throws IOException {
        ended = true;
        Beside.end(thread);
        if (open != null) {
            open.close();
        }
    }
}
