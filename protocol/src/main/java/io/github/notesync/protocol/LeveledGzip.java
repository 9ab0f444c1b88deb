package io.github.notesync.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A gzip member whose effort can be changed on the way: content that is compressed already passes at the speed of a
 * copy. Of a large one up to 9 blocks are in memory, some 4 MiB, and what processors there are compress them; the bytes
 * depend on the content alone. One thread writes, and it is the one that writes to the stream below. Nothing needs to be
 * closed: what was begun ends by itself.
 */
final class LeveledGzip extends OutputStream {
    /** A small batch is a save that someone waits for on a slow uplink; a large one is bound by the processor. */
    private static final long SMALL_BYTES = 5L << 20;

    private static final int SMALL_LEVEL = 6;
    /** A sixth smaller than the fastest, and sooner inflated. */
    private static final int LARGE_LEVEL = 4;

    private static final int BLOCKS_AHEAD = 8;
    /** Without optional fields, without a time, from an unknown system. */
    private static final byte[] HEADER = {0x1F, (byte) 0x8B, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xFF};

    private final OutputStream out;
    private final int level;
    /** How many blocks may wait for other threads. */
    private final int ahead;

    private final Queue<FutureTask<ByteArrayOutputStream>> begun = new ArrayDeque<>();
    private final CRC32 sum = new CRC32();
    private int size;
    private GzipBlock block;

    /** @param out stays open */
    LeveledGzip(OutputStream out, long expectedBytes) throws IOException {
        boolean small = expectedBytes <= SMALL_BYTES;
        this.out = out;
        this.level = small ? SMALL_LEVEL : LARGE_LEVEL;
        this.ahead = small ? 0 : BLOCKS_AHEAD;
        this.block = GzipBlock.first(level);
        out.write(HEADER);
    }

    /** Chooses the effort for content that begins with {@code head}. */
    void adaptTo(byte[] head, int length) {
        block.setLevel(Compressible.is(head, length) ? level : Deflater.NO_COMPRESSION);
    }

    void plainEffort() {
        block.setLevel(level);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        sum.update(bytes, offset, length);
        size += length;
        for (int at = offset; at < offset + length; ) {
            at += block.add(bytes, at, offset + length - at);
            if (block.isFull()) {
                GzipBlock next = block.next();
                compress(block, false);
                block = next;
            }
        }
    }

    private void compress(GzipBlock full, boolean last) throws IOException {
        FutureTask<ByteArrayOutputStream> task = new FutureTask<>(() -> full.deflated(last));
        begun.add(task);
        if (begun.size() <= ahead) {
            ForkJoinPool.commonPool().execute(task);
        } else {
            task.run();
        }
        while (begun.size() > ahead || (!begun.isEmpty() && begun.element().isDone())) {
            writeOldest();
        }
    }

    private void writeOldest() throws IOException {
        FutureTask<ByteArrayOutputStream> oldest = begun.remove();
        oldest.run(); // Does nothing if another thread has begun.
        try {
            oldest.get().writeTo(out);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a block of the batch could not be compressed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a block of the batch was compressed");
        }
    }

    /** Writes the rest. */
    void finish() throws IOException {
        compress(block, true);
        while (!begun.isEmpty()) {
            writeOldest();
        }
        writeNumber((int) sum.getValue());
        writeNumber(size);
    }

    private void writeNumber(int number) throws IOException {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(number >>> shift);
        }
    }
}
