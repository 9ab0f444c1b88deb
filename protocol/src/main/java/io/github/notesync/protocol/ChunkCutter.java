package io.github.notesync.protocol;

/**
 * Cuts a file that passes by into chunks whose ends depend on the content near them, so that an insertion moves only
 * the chunks around it (FastCDC: a gear hash, a stricter mask before the wanted size and a looser one behind). One
 * thread; one file.
 */
public final class ChunkCutter {
    static final int MIN = 4 << 10;
    static final int WANTED = 16 << 10;
    static final int MAX = 64 << 10;

    /** 16 and 12 bits: around the 14 of the wanted size. The high bits of a gear hash have seen the most bytes. */
    private static final long STRICT_MASK = 0xFFFFL << 48;

    private static final long LOOSE_MASK = 0xFFFL << 52;
    private static final long[] GEAR = gear();

    private final ChunkList.Builder chunks = new ChunkList.Builder();
    private final Digest.Hasher hasher = Digest.hasher();
    private int length;
    private long gear;

    /** The next bytes of the file. */
    public void update(byte[] bytes, int offset, int count) {
        int begin = offset;
        int end = offset + count;
        for (int i = offset; i < end; i++) {
            gear = (gear << 1) + GEAR[bytes[i] & 0xFF];
            length++;
            if (length >= MIN && isCut()) {
                hasher.update(bytes, begin, i + 1 - begin);
                cut();
                begin = i + 1;
            }
        }
        hasher.update(bytes, begin, end - begin);
    }

    private boolean isCut() {
        return (gear & (length < WANTED ? STRICT_MASK : LOOSE_MASK)) == 0 || length == MAX;
    }

    private void cut() {
        Digest digest = hasher.digest();
        chunks.add(length, digest.a(), digest.b());
        length = 0;
        gear = 0;
    }

    /** The chunks of all that was given. */
    public ChunkList finish() {
        if (length > 0) {
            cut();
        }
        return chunks.build();
    }

    /** 256 well-mixed numbers, always the same ones (SplitMix64). */
    private static long[] gear() {
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long z = (i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            table[i] = z ^ (z >>> 31);
        }
        return table;
    }
}
