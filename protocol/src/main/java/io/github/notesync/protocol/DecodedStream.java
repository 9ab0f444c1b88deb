package io.github.notesync.protocol;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A window of a decoded batch stream: ends after {@code limit} bytes, does not close what is below, and remembers a
 * failure of the stream below, so that it is not mistaken for malformed content. One thread.
 */
final class DecodedStream extends FilterInputStream {
    private long left;
    private @Nullable IOException failure;

    DecodedStream(InputStream in, long limit) {
        super(in);
        left = limit;
    }

    /** Bytes until the end of the window. */
    long left() {
        return left;
    }

    /** Throws what reading from below has thrown, if it has. */
    void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        try {
            int n = in.read(out, offset, (int) Math.min(length, left));
            left -= Math.max(0, n);
            return n;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public long skip(long n) throws IOException {
        return n <= 0 ? 0 : readNBytes((int) Math.min(n, 8192)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() {
        // The batch reader closes what is below.
    }
}
