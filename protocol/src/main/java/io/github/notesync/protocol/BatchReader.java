package io.github.notesync.protocol;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Reads one batch stream ({@code PROTOCOL.md} 2.5): first the manifest, then the payload against it. Trusts nothing:
 * everything that differs from the descriptor or the manifest is a {@link ProtocolException} with its own code, and memory
 * does not depend on the input. An {@link IOException} of another kind comes from the stream or the sink. One thread,
 * but {@link #check} may be called on any.
 *
 * <pre>{@code
 * try (BatchReader reader = new BatchReader(stream, descriptor)) {
 *     reader.copyManifest(spool);
 *     try (ManifestReader manifest = ManifestReader.open(spooled)) {
 *         reader.readPayload(manifest, (put, bytes) -> …); // or beside the reading, see ChangeSource
 *     }
 * }
 * }</pre>
 */
public final class BatchReader implements Closeable {
    private static final int BUFFER = 64 << 10;

    private final BatchDescriptor descriptor;
    private final InputStream decoded;

    /** Closing the reader closes {@code encoded}. */
    public BatchReader(InputStream encoded, BatchDescriptor descriptor) throws IOException {
        this.descriptor = descriptor;
        // Asked for a header of 512 bytes at a time, the decoder would leave its fast path.
        this.decoded = descriptor.encoding() == Encoding.GZIP
                ? new BufferedInputStream(new GzipMember(encoded), BUFFER)
                : encoded;
    }

    /**
     * Copies the manifest, as bytes, to {@code out}; call it first, and once.
     *
     * @throws ProtocolException {@code payload_invalid} (truncated or badly encoded) or {@code digest_mismatch}; what was
     *     copied must then not be used
     */
    public void copyManifest(OutputStream out) throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[BUFFER];
        for (long left = descriptor.manifestSize(); left > 0; ) {
            int n = decoded.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw PayloadReason.TRUNCATED.exception("inside the manifest");
            }
            hasher.update(buffer, 0, n);
            out.write(buffer, 0, n);
            left -= n;
        }
        if (!hasher.digest().equals(descriptor.manifestDigest())) {
            throw new ProtocolException(
                    ErrorCode.DIGEST_MISMATCH,
                    "the manifest has not the digest that was announced: send the batch again");
        }
    }

    /** The manifest in memory, instead of {@link #copyManifest}: only where it is known to be small. */
    public Manifest readManifest() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        copyManifest(bytes);
        Manifest manifest = Manifest.parse(bytes.toByteArray());
        check(manifest);
        return manifest;
    }

    /** @throws ProtocolException {@code manifest_invalid} if the manifest is not the one that the descriptor announces */
    public void check(Manifest manifest) throws ProtocolException {
        ManifestHeader header = manifest.header();
        if (!Objects.equals(header.from(), descriptor.from()) || !header.to().equals(descriptor.to())) {
            throw new ProtocolException(
                    ErrorCode.MANIFEST_INVALID,
                    "the manifest goes from " + header.from() + " to " + header.to() + ", its descriptor from "
                            + descriptor.from() + " to " + descriptor.to());
        }
        int changes = manifest.changes().size();
        if (changes != descriptor.changes()) {
            throw new ProtocolException(
                    ErrorCode.MANIFEST_INVALID,
                    "the manifest has " + changes + " changes, its descriptor " + descriptor.changes());
        }
    }

    /** Reads the payload of a manifest that is in memory. The errors are those of the other overload. */
    public void readPayload(Manifest manifest, PayloadSink sink) throws IOException {
        readPayload(ChangeSource.of(manifest), sink);
    }

    /**
     * Reads the payload beside the changes that it belongs to, to the end of both.
     *
     * @throws ProtocolException what {@code changes} throws; {@code payload_invalid}, {@code payload_disagrees},
     *     {@code digest_mismatch} or {@code limit_exceeded}
     */
    public void readPayload(ChangeSource changes, PayloadSink sink) throws IOException {
        PayloadReader payload = new PayloadReader(decoded, descriptor.payloadSize());
        for (Change change = changes.next(); change != null; change = changes.next()) {
            if (change instanceof Change.Put put && put.inPayload()) {
                payload.next(put, sink);
            }
        }
        payload.finish();
    }

    @Override
    public void close() throws IOException {
        decoded.close();
    }
}
