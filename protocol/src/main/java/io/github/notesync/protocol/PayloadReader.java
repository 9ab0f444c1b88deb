package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a payload entry by entry and holds each against the put that the manifest has in its place. The tar library
 * sees only what passed {@link TarGate}. One thread.
 */
final class PayloadReader {
    private final InputStream decoded;
    private final DecodedStream window;
    private final TarGate gate;
    private final TarArchiveInputStream tar;

    PayloadReader(InputStream decoded, long payloadSize) {
        this.decoded = decoded;
        this.window = new DecodedStream(decoded, payloadSize);
        this.gate = new TarGate(window);
        this.tar = new TarArchiveInputStream(gate, TarHeader.BLOCK, TarHeader.BLOCK, "UTF-8", false);
    }

    void next(Change.Put put, PayloadSink sink) throws IOException {
        TarArchiveEntry entry = guarded(tar::getNextEntry);
        if (entry == null) {
            throw disagrees(put, "is missing in the payload");
        }
        if (!entry.getName().equals(put.path().value())) {
            throw disagrees(put, "is due in the payload, which has " + Quoted.of(entry.getName()));
        }
        if (entry.getSize() != put.payloadSize()) {
            throw disagrees(
                    put, "has " + entry.getSize() + " bytes in the payload, " + put.payloadSize() + " in the manifest");
        }
        EntryBytes bytes = new EntryBytes(put.payloadSize());
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
        TarArchiveEntry entry = guarded(tar::getNextEntry);
        if (entry != null) {
            throw new ProtocolException(
                    ErrorCode.PAYLOAD_DISAGREES,
                    "the payload has " + Quoted.of(entry.getName()) + ", which is not due in the manifest",
                    entry.getName(),
                    null);
        }
        gate.finish();
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

    private interface TarCall<T> {
        T call() throws IOException;
    }

    /** What the library throws is the peer's fault, unless the stream below has failed. */
    private <T extends @Nullable Object> T guarded(TarCall<T> call) throws IOException {
        try {
            return call.call();
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            window.throwFailure();
            throw PayloadReason.TAR.exception(String.valueOf(e.getMessage()));
        }
    }

    /** The bytes of the current entry, counted and digested as they are read. */
    private final class EntryBytes extends InputStream {
        private final Digest.Hasher hasher = Digest.hasher();
        private long left;

        EntryBytes(long size) {
            left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] out, int offset, int length) throws IOException {
            if (length == 0 || left == 0) {
                return length == 0 ? 0 : -1;
            }
            int n = guarded(() -> tar.read(out, offset, (int) Math.min(length, left)));
            if (n <= 0) {
                throw PayloadReason.TRUNCATED.exception();
            }
            hasher.update(out, offset, n);
            left -= n;
            return n;
        }

        /** Reads what the sink has left. */
        Digest finish() throws IOException {
            byte[] rest = new byte[(int) Math.min(8192, left)];
            while (left > 0 && read(rest, 0, rest.length) >= 0) {
                // counted and digested by read
            }
            return hasher.digest();
        }
    }
}
