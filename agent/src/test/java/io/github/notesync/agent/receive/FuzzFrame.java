package io.github.notesync.agent.receive;

import io.github.notesync.protocol.FrameSigner;
import java.util.Arrays;
import java.util.List;

/**
 * Fuzz target: a message of somebody without the key, whose second byte says how long its header is, is no message or
 * is not signed; it never does more harm than that.
 */
public final class FuzzFrame {
    private static final FrameSigner SIGNER = new FrameSigner(new byte[FrameSigner.KEY_BYTES]);

    private FuzzFrame() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < 2) {
            return;
        }
        int rest = data.length - 2;
        int signature = Math.min(data[0] & 0xFF, rest);
        int header = Math.min((data[1] & 0xFF) << 4, rest - signature);
        Frame frame = Frame.of(List.of(
                new byte[] {1},
                Frame.TAG,
                Arrays.copyOfRange(data, 2, 2 + signature),
                Arrays.copyOfRange(data, 2 + signature, 2 + signature + header),
                Arrays.copyOfRange(data, 2 + signature + header, data.length)));
        if (frame != null && frame.isSigned(SIGNER, new byte[FrameSigner.SESSION_BYTES])) {
            throw new AssertionError("a stranger's message was taken for a kernel's");
        }
    }
}
