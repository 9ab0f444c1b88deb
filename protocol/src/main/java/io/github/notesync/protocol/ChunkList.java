package io.github.notesync.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of one big file, cut where its content says, as lengths and 128-bit hashes: 20 bytes for about 16 KiB. Two
 * of them tell which bytes of the new file the old one has already. Not part of the protocol: the side that packs keeps
 * them, and every file that is built is checked by its SHA-256. Immutable.
 */
public final class ChunkList {
    private static final int ENCODED_BYTES = Integer.BYTES + 2 * Long.BYTES;

    private final int[] lengths;
    private final long[] hashes;

    private ChunkList(int[] lengths, long[] hashes) {
        this.lengths = lengths;
        this.hashes = hashes;
    }

    int size() {
        return lengths.length;
    }

    int length(int chunk) {
        return lengths[chunk];
    }

    Hash hash(int chunk) {
        return new Hash(hashes[2 * chunk], hashes[2 * chunk + 1], lengths[chunk]);
    }

    /** What makes two chunks equal. */
    record Hash(long high, long low, int length) {}

    /** The size of the file. */
    public long bytes() {
        long bytes = 0;
        for (int length : lengths) {
            bytes += length;
        }
        return bytes;
    }

    /** A form to be stored, which {@link #decode} reads. */
    public byte[] encode() {
        ByteBuffer encoded = ByteBuffer.allocate(size() * ENCODED_BYTES);
        for (int i = 0; i < size(); i++) {
            encoded.putInt(lengths[i]).putLong(hashes[2 * i]).putLong(hashes[2 * i + 1]);
        }
        return encoded.array();
    }

    /** @throws IllegalArgumentException if {@code encoded} cannot be such a list: throw it away and cut the file again */
    public static ChunkList decode(byte[] encoded) {
        if (encoded.length % ENCODED_BYTES != 0) {
            throw new IllegalArgumentException("a chunk list of " + encoded.length + " bytes");
        }
        Builder list = new Builder();
        ByteBuffer in = ByteBuffer.wrap(encoded);
        while (in.hasRemaining()) {
            list.add(in.getInt(), in.getLong(), in.getLong());
        }
        return list.build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChunkList that
                && Arrays.equals(lengths, that.lengths)
                && Arrays.equals(hashes, that.hashes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hashes);
    }

    /** Collects chunks in the order of the file. */
    static final class Builder {
        private int[] lengths = new int[64];
        private long[] hashes = new long[128];
        private int size;

        void add(int length, long high, long low) {
            if (length < 1 || length > ChunkCutter.MAX) {
                throw new IllegalArgumentException("a chunk of " + length + " bytes");
            }
            if (size == lengths.length) {
                lengths = Arrays.copyOf(lengths, 2 * size);
                hashes = Arrays.copyOf(hashes, 4 * size);
            }
            lengths[size] = length;
            hashes[2 * size] = high;
            hashes[2 * size + 1] = low;
            size++;
        }

        ChunkList build() {
            return new ChunkList(Arrays.copyOf(lengths, size), Arrays.copyOf(hashes, 2 * size));
        }
    }
}
