package io.github.notesync.server.pack;

import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.BatchWriter;
import io.github.notesync.protocol.ContentSource;
import io.github.notesync.protocol.Encoding;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.Manifest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One batch: its descriptor and its stream, finished or not. Any thread. */
public final class Batch {
    private static final int BUFFER = 256 << 10;

    private final Spool spool;
    private final BatchDescriptor descriptor;
    private final long payloadBytes;
    /** Until the stream is made: it holds the manifest and what it compresses with. */
    private @Nullable BatchWriter writer;

    /** Makes the beginning of the stream, on the calling thread: then it can be announced. */
    Batch(Id id, Manifest manifest, Encoding encoding, Spool spool) throws IOException {
        this.spool = spool;
        this.payloadBytes = manifest.header().payloadBytes();
        // A tar comes in blocks of 512 bytes; readers want more at a time, and the disk too.
        BatchWriter begun = BatchWriter.begin(id, manifest, encoding, new BufferedOutputStream(spool, BUFFER));
        this.descriptor = begun.descriptor();
        this.writer = begun;
    }

    /** The descriptor, with the size of the stream once it is known. */
    public BatchDescriptor descriptor() {
        Long size = spool.wholeSize();
        return size == null ? descriptor : descriptor.withStreamSize(size);
    }

    /** The bytes of the files that travel in it, before encoding. */
    public long payloadBytes() {
        return payloadBytes;
    }

    /**
     * A piece of the stream; waits for it at most so long.
     *
     * @return null when the batch could not be made, because a file changed meanwhile: there will be a newer one
     * @throws SpoolException when it could not be kept on the laptop's disk
     * @throws java.io.EOFException if the stream ends before {@code offset}
     */
    public @Nullable Chunk read(long offset, int max, long millis) throws IOException, InterruptedException {
        return spool.read(offset, max, millis);
    }

    boolean isFailed() {
        return spool.isFailed();
    }

    /** The bytes that it occupies now. */
    long size() {
        return spool.size();
    }

    /** Makes the rest of the stream, on the calling thread. Called once. */
    void finish(ContentSource content) throws IOException {
        BatchWriter begun = Objects.requireNonNull(writer, "finished already");
        writer = null;
        try {
            begun.finish(content);
            spool.finish();
        } catch (IOException | RuntimeException e) {
            spool.drop();
            throw e;
        }
    }

    void drop() throws IOException {
        spool.drop();
    }
}
