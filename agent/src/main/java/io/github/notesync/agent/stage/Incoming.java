package io.github.notesync.agent.stage;

import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way in. Chunks are idempotent by their offset. A stream of one chunk is unpacked at once; a longer
 * one on a thread of its own, while it arrives, so that nothing is written twice. Only for the replica's thread, except
 * for {@link Listener}.
 */
public final class Incoming {
    /** Is told how it ended; on whatever thread. Exactly one call. */
    public interface Listener {
        void unpacked(Incoming batch, Unpacker.Unpacked unpacked);

        void failed(Incoming batch, Throwable why);
    }

    private final BatchDescriptor descriptor;
    private final Workspace workspace;
    private final OldContent old;
    private final Listener listener;
    private final Spool spool;
    private final boolean inWhole;
    private final long offered = System.nanoTime();

    private long offset;
    private boolean ended;
    private @Nullable ChunkPipe pipe;
    private @Nullable Thread thread;

    /** @param inWhole whether new directories are staged whole */
    public Incoming(
            BatchDescriptor descriptor,
            Workspace workspace,
            OldContent old,
            Spool spool,
            boolean inWhole,
            Listener listener) {
        this.descriptor = descriptor;
        this.workspace = workspace;
        this.old = old;
        this.spool = spool;
        this.inWhole = inWhole;
        this.listener = listener;
    }

    /** Takes up what an earlier agent had received of this batch; without it, begins at the first byte. */
    public void resume() throws IOException {
        long here = spool.holds(descriptor);
        Long size = descriptor.streamSize();
        if (here == 0 || (size != null && here > size)) {
            spool.clear();
            return;
        }
        ChunkPipe rest = begin(spool.read(here));
        spool.goOn(here);
        offset = here;
        if (size != null && here == size) {
            ended = true;
            rest.end();
        }
    }

    public BatchDescriptor descriptor() {
        return descriptor;
    }

    public Workspace workspace() {
        return workspace;
    }

    /** The next byte wanted. */
    public long offset() {
        return offset;
    }

    /** Whether all bytes are here. */
    public boolean ended() {
        return ended;
    }

    /** Milliseconds since the offer. */
    public long age() {
        return (System.nanoTime() - offered) / 1_000_000;
    }

    /**
     * Takes a chunk; one that is here already is taken without harm.
     *
     * @param end whether it is the last
     * @throws ProtocolException {@code chunk_gap}, {@code chunk_overlap} or {@code limit_exceeded}
     */
    public void chunk(long at, byte[] bytes, boolean end) throws IOException {
        boolean here = at + bytes.length <= offset;
        if (here && (at < offset || ended)) {
            return;
        }
        if (at != offset || ended) {
            throw new ProtocolException(
                    at > offset ? ErrorCode.CHUNK_GAP : ErrorCode.CHUNK_OVERLAP,
                    "the chunk begins at " + at + ", the next one wanted at " + offset);
        }
        Long size = descriptor.streamSize();
        long next = offset + bytes.length;
        if (size != null && (next > size || (end && next < size))) {
            throw new ProtocolException(
                    ErrorCode.LIMIT_EXCEEDED, "the stream ends at " + next + ", its descriptor says " + size);
        }
        boolean whole = offset == 0 && end;
        offset += bytes.length;
        ended = end;
        if (whole) {
            unpack(new ByteArrayInputStream(bytes));
            return;
        }
        ChunkPipe into = pipe;
        if (into == null) {
            spool.begin(descriptor);
            into = begin(InputStream.nullInputStream());
        }
        spool.add(bytes);
        into.put(bytes);
        if (end) {
            into.end();
        }
    }

    private ChunkPipe begin(InputStream before) {
        ChunkPipe begun = new ChunkPipe();
        pipe = begun;
        thread = new Thread(
                () -> unpack(new SequenceInputStream(before, begun)),
                "unpack-" + descriptor.batch().hex().substring(0, 8));
        thread.setDaemon(true);
        thread.start();
        return begun;
    }

    private void unpack(InputStream stream) {
        Unpacker.Unpacked unpacked;
        try (stream) {
            unpacked = Unpacker.unpack(stream, descriptor, workspace, old, inWhole);
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            listener.failed(this, e);
            return;
        }
        listener.unpacked(this, unpacked);
    }

    /** Stops unpacking and deletes what there is; returns when nothing writes there any more. */
    public void abandon() throws IOException {
        if (pipe != null) {
            pipe.close();
        }
        try {
            if (thread != null && thread != Thread.currentThread()) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workspace.delete();
    }
}
