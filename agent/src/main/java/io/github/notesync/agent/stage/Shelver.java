package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.protocol.Change;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts files onto the shelves on a thread of its own, while the thread that calls decodes and checks what comes behind
 * them: the one takes about as long as the other. Holds a bounded number of bytes. One thread calls.
 */
final class Shelver implements Closeable {
    private static final int PIECE = 64 << 10;
    private static final int WAITING_BYTES = 2 << 20;
    /** What each step takes beside its bytes, so that those of empty files are bounded, too. */
    private static final int STEP_BYTES = 64;

    private final Shelves shelves;
    private final Semaphore room = new Semaphore(WAITING_BYTES);
    private final ExecutorService thread;
    /** The file whose pieces come now. Only for the thread, and when that has ended. */
    private @Nullable OutputFile open;

    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    private interface Step {
        void run() throws IOException;
    }

    Shelver(Shelves shelves) {
        this.shelves = shelves;
        String name = Thread.currentThread().getName().replace("unpack", "shelve");
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Takes over a file.
     *
     * @param bytes read to their end before this returns
     * @throws IOException also what an earlier file met
     */
    void put(int slot, Change.Put put, InputStream bytes) throws IOException {
        if (put.payloadSize() <= PIECE) {
            byte[] all = read(bytes, put.payloadSize());
            later(all.length, () -> shelves.put(slot, put, out -> out.write(ByteBuffer.wrap(all))));
            return;
        }
        later(0, () -> open = shelves.create(slot, put));
        for (long left = put.payloadSize(); left > 0; ) {
            byte[] piece = read(bytes, Math.min(PIECE, left));
            later(piece.length, () -> opened().write(ByteBuffer.wrap(piece)));
            left -= piece.length;
        }
        later(0, () -> {
            opened().close();
            open = null;
            shelves.shelve(slot, put);
        });
    }

    private OutputFile opened() {
        return Objects.requireNonNull(open, "created by the step before");
    }

    private static byte[] read(InputStream bytes, long length) throws IOException {
        byte[] read = new byte[(int) length];
        bytes.readNBytes(read, 0, read.length);
        return read;
    }

    /** Returns when all that was taken over is there: then the caller may use the shelves itself. */
    void await() throws IOException {
        take(WAITING_BYTES);
        room.release(WAITING_BYTES);
        rethrow();
    }

    private void later(int bytes, Step step) throws IOException {
        int weight = bytes + STEP_BYTES;
        take(weight);
        thread.execute(() -> {
            try {
                if (!ended) {
                    step.run();
                }
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
                ended = true;
            } finally {
                room.release(weight);
            }
        });
        rethrow();
    }

    private void take(int bytes) throws InterruptedIOException {
        try {
            room.acquire(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a batch was unpacked");
        }
    }

    private void rethrow() throws IOException {
        Throwable met = failure;
        if (met instanceof IOException e) {
            throw e;
        } else if (met instanceof RuntimeException e) {
            throw e;
        } else if (met instanceof Error e) {
            throw e;
        }
    }

    /** Returns when nothing is written any more. */
    @Override
    public void close() throws IOException {
        ended = true;
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (open != null) {
            open.close();
        }
    }
}
