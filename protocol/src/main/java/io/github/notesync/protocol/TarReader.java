package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a peer's tar, and only the plainest: what the contract allows is so little that a library, which accepts wrong
 * checksums, global headers and links and dies of large or repeated PAX headers, would have to be guarded by more than
 * it does. Every refusal is {@code payload_invalid} with its reason, or {@code limit_exceeded}. One thread.
 */
final class TarReader {
    private final InputStream source;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private String name = "";
    private long size;

    /** Bytes of file data, then of padding, that stand before the next header. */
    private long data;

    private int padding;

    TarReader(InputStream source) {
        this.source = source;
    }

    /** The name of the current entry, as it is written. */
    String name() {
        return name;
    }

    /** The bytes of the current entry. */
    long size() {
        return size;
    }

    /**
     * Goes on to the next entry; all bytes of the last one must have been read.
     *
     * @return false at the end of the tar, behind which nothing may be
     */
    boolean next() throws IOException {
        readPadding();
        readBlock();
        if (TarHeader.isZero(block, 0, TarHeader.BLOCK)) {
            readEnd();
            return false;
        }
        TarHeader header = TarHeader.parse(block);
        PaxRecords pax = null;
        if (header.type() == TarHeader.PAX) {
            pax = readPax(header.size());
            header = TarHeader.parse(block);
            if (header.type() == TarHeader.PAX) {
                throw PayloadReason.PAX_RECORD.exception("two PAX headers for one entry");
            }
        }
        begin(header, pax);
        return true;
    }

    private void begin(TarHeader header, @Nullable PaxRecords pax) throws ProtocolException {
        name = pax == null || pax.path() == null ? header.name() : pax.path();
        size = pax == null || pax.size() < 0 ? header.size() : pax.size();
        if (size > Limits.FILE_MAX) {
            throw ProtocolException.limit("a tar entry of " + size + " bytes, the limit is " + Limits.FILE_MAX);
        }
        data = size;
        padding = (int) (-size & (TarHeader.BLOCK - 1));
    }

    /** Those of them that were not read yet. */
    long left() {
        return data;
    }

    /** Reads bytes of the current entry: at least one, or -1 behind the last. */
    int read(byte[] out, int offset, int length) throws IOException {
        if (data == 0) {
            return -1;
        }
        int n = source.read(out, offset, (int) Math.min(length, data));
        if (n < 0) {
            throw PayloadReason.TRUNCATED.exception();
        }
        data -= n;
        return n;
    }

    private void readBlock() throws IOException {
        if (source.readNBytes(block, 0, TarHeader.BLOCK) < TarHeader.BLOCK) {
            throw PayloadReason.TRUNCATED.exception();
        }
    }

    private void readPadding() throws IOException {
        if (source.readNBytes(block, 0, padding) < padding) {
            throw PayloadReason.TRUNCATED.exception();
        }
        if (!TarHeader.isZero(block, 0, padding)) {
            throw PayloadReason.PADDING.exception();
        }
        padding = 0;
    }

    /** The second block of zeros. */
    private void readEnd() throws IOException {
        readBlock();
        if (!TarHeader.isZero(block, 0, TarHeader.BLOCK) || source.read() >= 0) {
            throw PayloadReason.TRAILING.exception();
        }
    }

    /** Reads the records, and the header block that must follow. */
    private PaxRecords readPax(long length) throws IOException {
        if (length == 0) {
            throw PayloadReason.PAX_RECORD.exception("an empty PAX header");
        }
        long padded = (length + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
        if (padded + 2 * TarHeader.BLOCK > Limits.TAR_HEADER_BYTES_MAX) {
            throw ProtocolException.limit(
                    "the headers of a tar entry are longer than " + Limits.TAR_HEADER_BYTES_MAX + " bytes");
        }
        byte[] records = source.readNBytes((int) padded);
        if (records.length < padded) {
            throw PayloadReason.TRUNCATED.exception();
        }
        if (!TarHeader.isZero(records, (int) length, (int) padded)) {
            throw PayloadReason.PADDING.exception();
        }
        PaxRecords pax = PaxRecords.parse(Arrays.copyOf(records, (int) length));
        readBlock();
        if (TarHeader.isZero(block, 0, TarHeader.BLOCK)) {
            throw PayloadReason.TRUNCATED.exception("a PAX header without its entry");
        }
        return pax;
    }

    /** UTF-8; what is not becomes a name that no manifest has. */
    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
