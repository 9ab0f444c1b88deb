package io.github.notesync.server.pack;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stream in the making that any number may read from any offset: in memory while it is small, else in a file of the
 * state directory. One thread writes, any reads.
 */
final class Spool extends OutputStream {
    private static final int IN_MEMORY = 512 << 10;

    private final Path file;
    private byte[] memory = new byte[16 << 10];
    private @Nullable FileChannel channel;
    private long size;
    private boolean whole;
    private boolean failed;
    private @Nullable SpoolException refused;

    Spool(Path file) {
        this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        FileChannel onDisk;
        synchronized (this) {
            if (failed) {
                throw new IOException("the batch was dropped");
            }
            if (channel == null && size + length <= IN_MEMORY) {
                if (size + length > memory.length) {
                    memory = Arrays.copyOf(memory, (int) Math.max(size + length, memory.length * 2L));
                }
                System.arraycopy(bytes, offset, memory, (int) size, length);
                grown(length);
                return;
            }
            onDisk = channel == null ? toDisk() : channel;
        }
        // Outside the lock: readers only look at what is below size.
        writeTo(onDisk, ByteBuffer.wrap(bytes, offset, length), size());
        synchronized (this) {
            grown(length);
        }
    }

    private FileChannel toDisk() throws IOException {
        FileChannel created = created();
        channel = created;
        writeTo(created, ByteBuffer.wrap(memory, 0, (int) size), 0);
        memory = new byte[0];
        return created;
    }

    private FileChannel created() throws SpoolException {
        try {
            return FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw refusedBy(e);
        }
    }

    private void writeTo(FileChannel onDisk, ByteBuffer buffer, long offset) throws SpoolException {
        try {
            for (long at = offset; buffer.hasRemaining(); ) {
                at += onDisk.write(buffer, at);
            }
        } catch (IOException e) {
            throw refusedBy(e);
        }
    }

    private synchronized SpoolException refusedBy(IOException cause) {
        refused = new SpoolException(file.getParent(), cause);
        return refused;
    }

    private synchronized void grown(int length) {
        size += length;
        notifyAll();
    }

    synchronized long size() {
        return size;
    }

    /** The length of the whole stream; null while it grows. */
    synchronized @Nullable Long wholeSize() {
        return whole ? size : null;
    }

    synchronized boolean isFailed() {
        return failed;
    }

    /** Nothing will follow. */
    synchronized void finish() {
        whole = true;
        notifyAll();
    }

    /**
     * The bytes from {@code offset}, once there are {@code max} of them or the stream ends, or after so many milliseconds
     * those that are there.
     *
     * @return null if the stream was dropped
     * @throws SpoolException if it failed because it could not be kept
     * @throws EOFException if the stream ends before {@code offset}
     */
    @Nullable
    Chunk read(long offset, int max, long millis) throws IOException, InterruptedException {
        FileChannel onDisk;
        int length;
        boolean end;
        synchronized (this) {
            long deadline = System.nanoTime() + millis * 1_000_000;
            for (long left = millis; !failed && !whole && size - offset < max && left > 0; ) {
                wait(left);
                left = (deadline - System.nanoTime()) / 1_000_000;
            }
            if (refused != null) {
                throw refused;
            }
            if (failed) {
                return null;
            }
            if (offset > size) {
                throw new EOFException("offset " + offset + " is behind the end, which is at " + size);
            }
            length = (int) Math.min(max, size - offset);
            end = whole && offset + length == size;
            onDisk = channel;
            if (onDisk == null) {
                return new Chunk(Arrays.copyOfRange(memory, (int) offset, (int) offset + length), end);
            }
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        try {
            while (buffer.hasRemaining()) {
                if (onDisk.read(buffer, offset + buffer.position()) < 0) {
                    throw new EOFException("the spool file " + file + " was cut off");
                }
            }
        } catch (ClosedChannelException e) {
            return null; // It was dropped in this moment.
        }
        return new Chunk(buffer.array(), end);
    }

    /** Frees the memory or the file. The stream will never be whole; its readers are told. */
    void drop() throws IOException {
        FileChannel onDisk;
        synchronized (this) {
            failed = true;
            notifyAll();
            onDisk = channel;
            memory = new byte[0];
        }
        if (onDisk != null) {
            onDisk.close();
            Files.deleteIfExists(file);
        }
    }
}
