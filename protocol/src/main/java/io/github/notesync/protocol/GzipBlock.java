package io.github.notesync.protocol;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/**
 * A piece of what a gzip member holds, compressed apart from the others: one thread fills it, then any one deflates it. It
 * may refer to the 32 KiB before it.
 */
final class GzipBlock {
    static final int BYTES = 128 << 10;
    private static final int WINDOW = 32 << 10;
    private static final int BUFFER = 32 << 10;

    /** From this content on, at this level. */
    private record Stretch(int begin, int level) {}

    /** The window, then the content. */
    private final byte[] bytes = new byte[WINDOW + BYTES];

    private final boolean first;
    private final List<Stretch> stretches = new ArrayList<>();
    private int end = WINDOW;

    private GzipBlock(boolean first, int level) {
        this.first = first;
        stretches.add(new Stretch(end, level));
    }

    static GzipBlock first(int level) {
        return new GzipBlock(true, level);
    }

    /** The block behind this full one, which begins at the level of its end. */
    GzipBlock next() {
        GzipBlock next = new GzipBlock(false, stretches.get(stretches.size() - 1).level);
        System.arraycopy(bytes, end - WINDOW, next.bytes, 0, WINDOW);
        return next;
    }

    boolean isFull() {
        return end == bytes.length;
    }

    /** Adds what there is room for; returns how many bytes that was. */
    int add(byte[] added, int offset, int length) {
        int n = Math.min(length, bytes.length - end);
        System.arraycopy(added, offset, bytes, end, n);
        end += n;
        return n;
    }

    /** Compresses what is added from now on at this level. */
    void setLevel(int level) {
        int latest = stretches.size() - 1;
        if (stretches.get(latest).begin == end) {
            stretches.remove(latest);
        }
        stretches.add(new Stretch(end, level));
    }

    /** As deflate blocks that end with a byte; those of the last block end the stream. */
    ByteArrayOutputStream deflated(boolean last) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER);
        byte[] buffer = new byte[BUFFER];
        Deflater deflater = new Deflater(stretches.get(0).level, true);
        try {
            if (!first) {
                deflater.setDictionary(bytes, 0, WINDOW);
            }
            for (int i = 0; i < stretches.size(); i++) {
                Stretch stretch = stretches.get(i);
                int stop = i + 1 < stretches.size() ? stretches.get(i + 1).begin : end;
                // Done before there is input: zlib compresses what it has been given at the level before.
                deflater.setLevel(stretch.level);
                drain(deflater, Deflater.NO_FLUSH, buffer, out);
                deflater.setInput(bytes, stretch.begin, stop - stretch.begin);
                drain(deflater, Deflater.NO_FLUSH, buffer, out);
            }
            if (last) {
                deflater.finish();
            }
            drain(deflater, Deflater.SYNC_FLUSH, buffer, out);
        } finally {
            deflater.end();
        }
        return out;
    }

    private static void drain(Deflater deflater, int flush, byte[] buffer, ByteArrayOutputStream out) {
        int n;
        do {
            n = deflater.deflate(buffer, 0, buffer.length, flush);
            out.write(buffer, 0, n);
        } while (n == buffer.length);
    }
}
