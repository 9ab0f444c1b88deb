package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a peer's tar and the library that unpacks it, and lets only the plainest tar through: the library
 * accepts wrong checksums, global headers and links, and dies of large or repeated PAX headers. Passes the bytes on
 * unchanged, each header block only after it was looked at. Every refusal is {@code payload_invalid} with its reason,
 * or {@code limit_exceeded}. One thread.
 */
final class TarGate extends InputStream {
    private final InputStream source;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private int blockAt = TarHeader.BLOCK;

    /** Bytes of file data, then of padding, that pass before the next header. */
    private long data;

    private int padding;

    /** PAX data still to come, at first the whole and then block by block; null outside. */
    private byte @Nullable [] paxData;

    private int paxAt;
    private @Nullable PaxRecords pax;
    private int headerBytes;
    private int zeroBlocks;

    TarGate(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (blockAt == TarHeader.BLOCK && data > 0) {
            int n = source.read(out, offset, (int) Math.min(length, data));
            if (n < 0) {
                throw PayloadReason.TRUNCATED.exception();
            }
            data -= n;
            return n;
        }
        if (blockAt == TarHeader.BLOCK && !nextBlock()) {
            return -1;
        }
        int n = Math.min(length, TarHeader.BLOCK - blockAt);
        System.arraycopy(block, blockAt, out, offset, n);
        blockAt += n;
        return n;
    }

    /** Reads the rest, which must be the end of the tar. */
    void finish() throws IOException {
        byte[] rest = new byte[TarHeader.BLOCK];
        while (read(rest, 0, rest.length) >= 0) {
            if (zeroBlocks == 0) {
                throw PayloadReason.TRAILING.exception();
            }
        }
    }

    private boolean nextBlock() throws IOException {
        if (padding > 0) {
            readPadding();
            return true;
        }
        int n = source.readNBytes(block, 0, TarHeader.BLOCK);
        if (zeroBlocks == 2) {
            if (n > 0) {
                throw PayloadReason.TRAILING.exception();
            }
            return false;
        }
        if (n < TarHeader.BLOCK) {
            throw PayloadReason.TRUNCATED.exception();
        }
        blockAt = 0;
        if (paxData != null) {
            paxBlock(paxData);
        } else {
            headerBlock();
        }
        return true;
    }

    private void readPadding() throws IOException {
        int from = TarHeader.BLOCK - padding;
        if (source.readNBytes(block, from, padding) < padding) {
            throw PayloadReason.TRUNCATED.exception();
        }
        if (!TarHeader.isZero(Arrays.copyOfRange(block, from, TarHeader.BLOCK))) {
            throw PayloadReason.PADDING.exception();
        }
        blockAt = from;
        padding = 0;
    }

    private void headerBlock() throws ProtocolException {
        if (TarHeader.isZero(block)) {
            if (pax != null) {
                throw PayloadReason.TRUNCATED.exception("a PAX header without its entry");
            }
            zeroBlocks++;
            return;
        }
        if (zeroBlocks > 0) {
            throw PayloadReason.TRAILING.exception();
        }
        TarHeader header = TarHeader.parse(block);
        headerBytes += TarHeader.BLOCK;
        if (header.type() == TarHeader.PAX) {
            beginPax(header.size());
        } else {
            beginData(pax == null || pax.size() < 0 ? header.size() : pax.size());
        }
    }

    private void beginPax(long size) throws ProtocolException {
        if (pax != null) {
            throw PayloadReason.PAX_RECORD.exception("two PAX headers for one entry");
        }
        if (size == 0) {
            throw PayloadReason.PAX_RECORD.exception("an empty PAX header");
        }
        long padded = (size + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
        if (headerBytes + padded + TarHeader.BLOCK > Limits.TAR_HEADER_BYTES_MAX) {
            throw ProtocolException.limit(
                    "the headers of a tar entry are longer than " + Limits.TAR_HEADER_BYTES_MAX + " bytes");
        }
        headerBytes += (int) padded;
        paxData = new byte[(int) size];
        paxAt = 0;
    }

    private void paxBlock(byte[] collected) throws ProtocolException {
        int n = Math.min(TarHeader.BLOCK, collected.length - paxAt);
        System.arraycopy(block, 0, collected, paxAt, n);
        paxAt += n;
        if (!TarHeader.isZero(Arrays.copyOfRange(block, n, TarHeader.BLOCK))) {
            throw PayloadReason.PADDING.exception();
        }
        if (paxAt == collected.length) {
            pax = PaxRecords.parse(collected);
            paxData = null;
        }
    }

    private void beginData(long size) throws ProtocolException {
        if (size > Limits.FILE_MAX) {
            throw ProtocolException.limit("a tar entry of " + size + " bytes, the limit is " + Limits.FILE_MAX);
        }
        data = size;
        padding = (int) (-size & (TarHeader.BLOCK - 1));
        pax = null;
        headerBytes = 0;
    }
}
