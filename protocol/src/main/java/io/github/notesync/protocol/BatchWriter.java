package io.github.notesync.protocol;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes one batch stream ({@code PROTOCOL.md} 2.5): the manifest at once, so that the stream can be announced and sent
 * while its payload is in the making. Files that are compressed already are not compressed again. One thread.
 */
public final class BatchWriter {
    private final Manifest manifest;
    private final OutputStream out;
    private final @Nullable LeveledGzip gzip;
    private final OutputStream decoded;
    private final BatchDescriptor descriptor;

    private BatchWriter(Id batch, Manifest manifest, Encoding encoding, OutputStream out) throws IOException {
        long payloadSize = PayloadWriter.size(manifest);
        this.manifest = manifest;
        this.out = out;
        this.gzip = encoding == Encoding.IDENTITY ? null : new LeveledGzip(out, payloadSize);
        this.decoded = gzip == null ? out : gzip;
        Measured measured = new Measured(decoded);
        manifest.writeTo(measured);
        ManifestHeader header = manifest.header();
        this.descriptor = new BatchDescriptor(
                batch,
                header.from(),
                header.to(),
                encoding,
                measured.size,
                measured.hasher.digest(),
                payloadSize,
                null,
                manifest.changes().size());
    }

    /**
     * Writes the manifest.
     *
     * @param batch the new stream's id
     * @param out stays open
     */
    public static BatchWriter begin(Id batch, Manifest manifest, Encoding encoding, OutputStream out)
            throws IOException {
        return new BatchWriter(batch, manifest, encoding, out);
    }

    /** The descriptor, with a {@code streamSize} of null. */
    public BatchDescriptor descriptor() {
        return descriptor;
    }

    /**
     * Writes all that follows the manifest.
     *
     * @throws ContentChangedException if a file is not what the manifest says
     */
    public void finish(ContentSource content) throws IOException {
        PayloadWriter payload = new PayloadWriter(decoded, gzip);
        for (Change change : manifest.changes()) {
            if (change instanceof Change.Put put && put.inPayload()) {
                payload.write(put, content);
            }
        }
        payload.finish();
        if (gzip != null) {
            gzip.finish();
        }
        out.flush();
    }

    /** Counts and digests what passes. */
    private static final class Measured extends OutputStream {
        private final OutputStream out;
        private final Digest.Hasher hasher = Digest.hasher();
        private long size;

        Measured(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            hasher.update(bytes, offset, length);
            size += length;
            out.write(bytes, offset, length);
        }
    }
}
