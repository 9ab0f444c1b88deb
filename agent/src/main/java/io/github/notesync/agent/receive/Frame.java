package io.github.notesync.agent.receive;

import io.github.notesync.protocol.FrameSigner;
import io.github.notesync.protocol.FrameSigner.Direction;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.Protocol;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message as it came in, of whoever it is: its parts are what they should be, its signature is not checked yet. */
final class Frame {
    static final byte[] TAG = Protocol.FRAME_TAG.getBytes(StandardCharsets.US_ASCII);
    static final int PARTS = 5;

    private final List<byte[]> parts;
    private final JsonObject header;
    private final long number;
    private final String type;

    private Frame(List<byte[]> parts, JsonObject header) throws ProtocolException {
        this.parts = parts;
        this.header = header;
        this.number = header.integer("number");
        this.type = header.string("type");
    }

    /** Null if it is no message of ours; for that nobody gets an answer. */
    static @Nullable Frame of(List<byte[]> parts) {
        if (parts.size() != PARTS
                || !Arrays.equals(parts.get(1), TAG)
                || parts.get(3).length > Limits.HEADER_JSON_MAX) {
            return null;
        }
        try {
            return new Frame(parts, ProtocolJson.parse(parts.get(3)));
        } catch (ProtocolException malformed) {
            return null;
        }
    }

    byte[] identity() {
        return parts.get(0);
    }

    JsonObject header() {
        return header;
    }

    long number() {
        return number;
    }

    String type() {
        return type;
    }

    byte[] body() {
        return parts.get(4);
    }

    /** Whether a kernel with the key signed it for the session of {@code nonces}. */
    boolean isSigned(FrameSigner signer, byte[] nonces) {
        return signer.verify(parts.get(2), Direction.KERNEL, nonces, number, parts.get(3), parts.get(4));
    }
}
