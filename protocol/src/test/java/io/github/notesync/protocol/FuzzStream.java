package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Fuzz target: a whole stream, gzip or plain, whose descriptor believes what its first bytes claim. */
public final class FuzzStream {
    private FuzzStream() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length < 4) {
            return;
        }
        int manifestSize = 1 + ((data[1] & 0xFF) << 8 | (data[2] & 0xFF));
        BatchDescriptor descriptor = new BatchDescriptor(
                Batches.EPOCH,
                Batches.header().from(),
                Batches.header().to(),
                (data[0] & 1) == 0 ? Encoding.IDENTITY : Encoding.GZIP,
                manifestSize,
                Digest.of(""),
                (data[3] & 0xFF) * (long) TarHeader.BLOCK,
                null,
                1);
        try (BatchReader reader = new BatchReader(new ByteArrayInputStream(data, 4, data.length - 4), descriptor)) {
            reader.copyManifest(OutputStream.nullOutputStream());
            throw new AssertionError("a manifest whose digest is that of nothing was accepted");
        } catch (ProtocolException e) {
            // refused with a code, as it must be
        }
    }
}
