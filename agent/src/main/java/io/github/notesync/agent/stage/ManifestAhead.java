package io.github.notesync.agent.stage;

import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.ChangeSource;
import io.github.notesync.protocol.Manifest;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a long manifest on a thread of its own, ahead of the thread that unpacks what it lists: the one takes about as
 * long as the other. What is unpacked meanwhile is not visible, and only a manifest that was valid to its end makes it
 * so. One thread calls.
 */
final class ManifestAhead implements ChangeSource, Closeable {
    /** Changes that are handed over together. */
    private static final int PIECE = 128;

    /** An empty piece is the last. */
    private final BlockingQueue<List<Change>> pieces = new LinkedBlockingQueue<>();

    private final ExecutorService thread = Beside.thread("manifest");
    private final Future<Manifest> reading;
    private volatile boolean closed;

    private List<Change> piece = List.of();
    private int at;
    private boolean ended;

    interface Reader {
        /** Reads the whole manifest, and tells of each change meanwhile. */
        Manifest read(Consumer<Change> each) throws IOException;
    }

    ManifestAhead(Reader reader) {
        this.reading = thread.submit(() -> read(reader));
    }

    private Manifest read(Reader reader) throws IOException {
        List<Change> next = new ArrayList<>(PIECE);
        try {
            return reader.read(change -> {
                if (closed) {
                    throw new CancellationException("nobody unpacks this batch any more");
                }
                next.add(change);
                if (next.size() == PIECE) {
                    pieces.add(List.copyOf(next));
                    next.clear();
                }
            });
        } finally {
            if (!next.isEmpty()) {
                pieces.add(List.copyOf(next));
            }
            pieces.add(List.of());
        }
    }

    @Override
    public @Nullable Change next() throws IOException {
        if (at == piece.size() && !ended) {
            take();
        }
        if (ended) {
            whole();
            return null;
        }
        return piece.get(at++);
    }

    private void take() throws IOException {
        try {
            piece = pieces.take();
        } catch (InterruptedException e) {
            throw Beside.interrupted();
        }
        at = 0;
        ended = piece.isEmpty();
    }

    /**
     * The whole manifest, once it is read.
     *
     * @throws IOException as {@link #next}
     */
    Manifest whole() throws IOException {
        try {
            return reading.get();
        } catch (InterruptedException e) {
            throw Beside.interrupted();
        } catch (ExecutionException e) {
            Beside.rethrow(e.getCause());
            throw new AssertionError(e);
        }
    }

    /** Returns when nothing is read any more. */
    @Override
    public void close() {
        closed = true;
        Beside.end(thread);
    }
}
