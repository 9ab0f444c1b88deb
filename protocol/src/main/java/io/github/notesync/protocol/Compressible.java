package io.github.notesync.protocol;

import java.util.zip.Deflater;

/** Whether to compress content is worth the time. Any thread. */
final class Compressible {
    private static final int PROBE_BYTES = 8 << 10;
    /** The sum of the squares of how often each byte occurs, where all occur equally often. */
    private static final long EVEN_SQUARES = (long) PROBE_BYTES * PROBE_BYTES / 256;

    private Compressible() {}

    /** Judges content by its first {@code length} bytes. */
    static boolean is(byte[] head, int length) {
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
