package io.github.notesync.protocol;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A window of a decoded batch stream: ends after {@code limit} bytes, and does not close what is below. One thread. */
final class DecodedStream extends FilterInputStream {
    private long left;

    DecodedStream(InputStream in, long limit) {
        super(in);
        left = limit;
    }

    /** Bytes until the end of the window. */
    long left() {
        return left;
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
        int n = in.read(out, offset, (int) Math.min(length, left));
        left -= Math.max(0, n);
        return n;
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
