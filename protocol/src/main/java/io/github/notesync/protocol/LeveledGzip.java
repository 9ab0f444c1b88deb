package io.github.notesync.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A gzip member whose effort can be changed on the way: content that is compressed already passes at the speed of a
 * copy. One thread.
 */
final class LeveledGzip extends GZIPOutputStream {
    private static final int BUFFER = 16 << 10;
    /** A small batch is a save that someone waits for on a slow uplink; a large one is bound by the processor. */
    private static final long SMALL_BYTES = 5L << 20;

    private static final int PROBE_BYTES = 8 << 10;
    /** The sum of the squares of how often each byte occurs, where all occur equally often. */
    private static final long EVEN_SQUARES = (long) PROBE_BYTES * PROBE_BYTES / 256;

    private final int level;

    LeveledGzip(OutputStream out, long expectedBytes) throws IOException {
        super(out, BUFFER);
        level = expectedBytes <= SMALL_BYTES ? 6 : Deflater.BEST_SPEED;
        def.setLevel(level);
    }

    /** Chooses the effort for content that begins with {@code head}. */
    void adaptTo(byte[] head, int length) {
        def.setLevel(isCompressible(head, length) ? level : Deflater.NO_COMPRESSION);
    }

    void plainEffort() {
        def.setLevel(level);
    }

    private static boolean isCompressible(byte[] head, int length) {
        if (length < PROBE_BYTES) {
            return true;
        }
        // From the middle: the first bytes are a header in most formats.
        int begin = (length - PROBE_BYTES) / 2;
        return !isEven(head, begin) || shrinks(head, begin);
    }

    /** Whether all bytes occur about equally often, as in what is compressed already: a tenth of the cost of trying. */
    private static boolean isEven(byte[] head, int begin) {
        int[] times = new int[256];
        for (int i = begin; i < begin + PROBE_BYTES; i++) {
            times[head[i] & 0xFF]++;
        }
        long squares = 0;
        for (int each : times) {
            squares += (long) each * each;
        }
        return squares < EVEN_SQUARES * 3 / 2;
    }

    private static boolean shrinks(byte[] head, int begin) {
        Deflater probe = new Deflater(Deflater.BEST_SPEED, true);
        try {
            probe.setInput(head, begin, PROBE_BYTES);
            probe.finish();
            return probe.deflate(new byte[PROBE_BYTES * 15 / 16]) < PROBE_BYTES * 15 / 16;
        } finally {
            probe.end();
        }
    }
}
