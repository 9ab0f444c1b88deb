package io.github.notesync.agent.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Hands chunks from the thread that receives them to the one that unpacks them. Holds at most two: then the receiver
 * waits, and with it the credit of the sender.
 */
final class ChunkPipe extends InputStream {
    private static final int CHUNKS_MAX = 2;

    private final Deque<byte[]> chunks = new ArrayDeque<>();
    private int at;
    private boolean ended;
    private boolean closed;

    /** Waits until there is room. A pipe whose reader has gone swallows everything. */
    synchronized void put(byte[] chunk) throws InterruptedIOException {
        await(() -> chunks.size() < CHUNKS_MAX || closed);
        if (!closed && chunk.length > 0) {
            chunks.add(chunk);
        }
        notifyAll();
    }

    /** Nothing more will come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] out, int offset, int length) throws IOException {
        await(() -> !chunks.isEmpty() || ended || closed);
        if (closed) {
            throw new IOException("the batch was abandoned");
        }
        if (chunks.isEmpty()) {
            return -1;
        }
        byte[] first = chunks.element();
        int n = Math.min(length, first.length - at);
        System.arraycopy(first, at, out, offset, n);
        at += n;
        if (at == first.length) {
            chunks.remove();
            at = 0;
            notifyAll();
        }
        return n;
    }

    /** The reader gets an error if it goes on, and the writer never waits again. */
    @Override
    public synchronized void close() {
        closed = true;
        chunks.clear();
        notifyAll();
    }

    private synchronized void await(BooleanSupplier condition) throws InterruptedIOException {
        try {
            while (!condition.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a batch was received");
        }
    }
}
