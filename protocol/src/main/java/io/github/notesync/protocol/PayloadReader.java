package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;

/** Unpacks a payload entry by entry and holds each against the put that the manifest has in its place. One thread. */
final class PayloadReader {
    private final InputStream decoded;
    private final DecodedStream window;
    private final TarReader tar;
    private final Digest.Hasher hasher = Digest.hasher();

    PayloadReader(InputStream decoded, long payloadSize) {
        this.decoded = decoded;
        this.window = new DecodedStream(decoded, payloadSize);
        this.tar = new TarReader(window);
    }

    void next(Change.Put put, PayloadSink sink) throws IOException {
        if (!tar.next()) {
            throw disagrees(put, "is missing in the payload");
        }
        if (!tar.name().equals(put.path().value())) {
            throw disagrees(put, "is due in the payload, which has " + Quoted.of(tar.name()));
        }
        if (tar.size() != put.payloadSize()) {
            throw disagrees(
                    put, "has " + tar.size() + " bytes in the payload, " + put.payloadSize() + " in the manifest");
        }
        EntryBytes bytes = new EntryBytes();
        sink.entry(put, bytes);
        Digest digest = bytes.finish();
        if (put.source() instanceof Source.Payload && !digest.equals(put.digest())) {
            throw new ProtocolException(
                    ErrorCode.DIGEST_MISMATCH,
                    "the payload's bytes of " + put.path() + " have not the digest of the manifest",
                    put.path().value(),
                    null);
        }
    }

    /** Nothing may follow: no entry, no byte of the payload, no byte of the stream. */
    void finish() throws IOException {
        if (tar.next()) {
            throw new ProtocolException(
                    ErrorCode.PAYLOAD_DISAGREES,
                    "the payload has " + Quoted.of(tar.name()) + ", which is not due in the manifest",
                    tar.name(),
                    null);
        }
        if (window.left() > 0) {
            throw PayloadReason.TRUNCATED.exception();
        }
        if (decoded.read() >= 0) {
            throw ProtocolException.limit("the batch stream is longer than its descriptor says");
        }
    }

    private static ProtocolException disagrees(Change.Put put, String how) {
        return new ProtocolException(
                ErrorCode.PAYLOAD_DISAGREES,
                "path " + put.path() + " " + how,
                put.path().value(),
                null);
    }

    /** The bytes of the current entry, digested as they are read. */
    private final class EntryBytes extends InputStream {
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
            int n = tar.read(out, offset, length);
            hasher.update(out, offset, Math.max(0, n));
            return n;
        }

        /** Reads what the sink has left. */
        Digest finish() throws IOException {
            byte[] rest = new byte[tar.left() == 0 ? 1 : 8192];
            while (read(rest, 0, rest.length) >= 0) {
                // digested by read
            }
            return hasher.digest();
        }
    }
}
