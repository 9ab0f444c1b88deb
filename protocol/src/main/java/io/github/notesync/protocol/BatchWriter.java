package io.github.notesync.protocol;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes one batch stream ({@code PROTOCOL.md} 2.5). Its sizes are known before its bytes, so that it can be announced
 * and sent while it is in the making. One thread.
 */
public final class BatchWriter {
    private final Manifest manifest;
    private final BatchDescriptor descriptor;

    /** @param batch the new stream's id */
    public BatchWriter(Id batch, Manifest manifest, Encoding encoding) {
        this.manifest = manifest;
        Measure measure = new Measure();
        try {
            manifest.writeTo(measure);
        } catch (IOException e) {
            throw new AssertionError("a digest cannot fail", e);
        }
        ManifestHeader header = manifest.header();
        this.descriptor = new BatchDescriptor(
                batch,
                header.from(),
                header.to(),
                encoding,
                measure.size,
                measure.hasher.digest(),
                PayloadWriter.size(manifest),
                null,
                manifest.changes().size());
    }

    /** The descriptor, with a {@code streamSize} of null. */
    public BatchDescriptor descriptor() {
        return descriptor;
    }

    /**
     * Writes the encoded stream; {@code out} stays open. Files that are compressed already are not compressed again.
     *
     * @throws ContentChangedException if a file is not what the manifest says
     */
    public void writeTo(OutputStream out, ContentSource content) throws IOException {
        if (descriptor.encoding() == Encoding.IDENTITY) {
            write(new PayloadWriter(out, null), out, content);
            out.flush();
            return;
        }
        LeveledGzip gzip = new LeveledGzip(out, descriptor.manifestSize() + descriptor.payloadSize());
        write(new PayloadWriter(gzip, gzip), gzip, content);
        gzip.finish();
        out.flush();
    }

    private void write(PayloadWriter payload, OutputStream decoded, ContentSource content) throws IOException {
        manifest.writeTo(decoded);
        for (Change change : manifest.changes()) {
            if (change instanceof Change.Put put && put.inPayload()) {
                payload.write(put, content);
            }
        }
        payload.finish();
    }

    /** Counts and digests what is written. */
    private static final class Measure extends OutputStream {
        private final Digest.Hasher hasher = Digest.hasher();
        private long size;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            hasher.update(bytes, offset, length);
            size += length;
        }
    }
}
