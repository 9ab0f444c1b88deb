package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fuzz target: a payload against a fixed, honest manifest. It is refused with a code, or it carried exactly what the
 * manifest says. The checksums of what looks like a tar header are put right first: no fuzzer would find them.
 */
public final class FuzzPayload {
    private static final byte[] A = "print('a')\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] B = "b = 2\n".getBytes(StandardCharsets.UTF_8);
    private static final Manifest MANIFEST = Batches.manifest(List.of(Batches.put("a.py", A), Batches.put("c.py", B)));

    private FuzzPayload() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        byte[] payload = withChecksums(data);
        List<String> carried = new ArrayList<>();
        BatchReader reader = new BatchReader(new ByteArrayInputStream(payload), descriptor(payload.length));
        try {
            reader.readPayload(MANIFEST, (put, bytes) -> {
                carried.add(put.path().value());
                bytes.readAllBytes();
            });
        } catch (ProtocolException e) {
            return;
        }
        if (!carried.equals(List.of("a.py", "c.py"))) {
            throw new AssertionError("accepted, but it carried " + carried);
        }
    }

    private static BatchDescriptor descriptor(int payloadSize) {
        return new BatchDescriptor(
                Batches.EPOCH,
                MANIFEST.header().from(),
                MANIFEST.header().to(),
                Encoding.IDENTITY,
                1,
                Digest.of(""),
                payloadSize,
                null,
                2);
    }

    private static byte[] withChecksums(byte[] data) {
        byte[] payload = data.clone();
        for (int at = 0; at + TarHeader.BLOCK <= payload.length; at += TarHeader.BLOCK) {
            if (payload[at + 257] == 'u' && payload[at + 258] == 's') {
                Arrays.fill(payload, at + 148, at + 156, (byte) ' ');
                int sum = 0;
                for (int i = at; i < at + TarHeader.BLOCK; i++) {
                    sum += payload[i] & 0xFF;
                }
                byte[] octal = String.format("%06o\0", sum).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(octal, 0, payload, at + 148, octal.length);
            }
        }
        return payload;
    }
}
