package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Decodes exactly one gzip member without optional header fields. The JDK's own stream would go on into a second member
 * and swallow what follows the last. Refusals are {@code payload_invalid} with reason {@code encoding}. One thread.
 */
final class GzipMember extends InflaterInputStream {
    private static final int BUFFER = 16 << 10;

    private final CRC32 crc = new CRC32();
    private boolean ended;

    GzipMember(InputStream encoded) throws IOException {
        super(encoded, new Inflater(true), BUFFER);
        byte[] header = encoded.readNBytes(10);
        boolean plain = header.length == 10
                && header[0] == 0x1F
                && header[1] == (byte) 0x8B
                && header[2] == 8
                && header[3] == 0;
        if (!plain) {
            inf.end();
            throw PayloadReason.ENCODING.exception("no plain gzip header");
        }
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        int n;
        try {
            n = super.read(out, offset, length);
        } catch (ZipException e) {
            throw PayloadReason.ENCODING.exception(String.valueOf(e.getMessage()));
        } catch (EOFException e) {
            throw PayloadReason.TRUNCATED.exception();
        }
        if (n < 0) {
            ended = true;
            readTrailer();
            return -1;
        }
        crc.update(out, offset, n);
        return n;
    }

    private void readTrailer() throws IOException {
        InputStream buffered = new ByteArrayInputStream(buf, len - inf.getRemaining(), inf.getRemaining());
        DataInputStream trailer = new DataInputStream(new SequenceInputStream(buffered, in));
        try {
            int sum = Integer.reverseBytes(trailer.readInt());
            int size = Integer.reverseBytes(trailer.readInt());
            if (sum != (int) crc.getValue() || size != (int) inf.getBytesWritten()) {
                throw PayloadReason.ENCODING.exception("the check value is wrong");
            }
        } catch (EOFException e) {
            throw PayloadReason.TRUNCATED.exception();
        }
        if (trailer.read() >= 0) {
            throw PayloadReason.ENCODING.exception("something follows the gzip member");
        }
    }

    @Override
    public void close() throws IOException {
        inf.end();
        super.close();
    }
}
