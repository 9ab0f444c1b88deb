package io.github.notesync.protocol;

import java.nio.ByteBuffer;

/**
 * A JSON object with bytes behind it: 4 bytes big-endian length of the JSON, the JSON, the bytes ({@code PROTOCOL.md} 1).
 * The bytes are not copied; nobody may change them.
 */
public final class Envelope {
    private static final int LENGTH_BYTES = 4;

    private final JsonObject json;
    private final byte[] body;

    public Envelope(JsonObject json, byte[] body) {
        this.json = json;
        this.body = body;
    }

    public JsonObject json() {
        return json;
    }

    public byte[] body() {
        return body;
    }

    /** @throws ProtocolException {@code bad_request} or {@code limit_exceeded} */
    public static Envelope parse(byte[] bytes) throws ProtocolException {
        if (bytes.length < LENGTH_BYTES) {
            throw ProtocolException.badRequest("an envelope of " + bytes.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long length = Integer.toUnsignedLong(buffer.getInt());
        if (length > Limits.HEADER_JSON_MAX) {
            throw ProtocolException.limit(
                    "the JSON of an envelope has " + length + " bytes, the limit is " + Limits.HEADER_JSON_MAX);
        }
        if (length > buffer.remaining()) {
            throw ProtocolException.badRequest(
                    "the JSON of an envelope ends after " + buffer.remaining() + " of " + length + " bytes");
        }
        byte[] json = new byte[(int) length];
        buffer.get(json);
        byte[] body = new byte[buffer.remaining()];
        buffer.get(body);
        return new Envelope(ProtocolJson.parse(json), body);
    }

    /** What {@link #parse} reads. */
    public byte[] bytes() {
        byte[] head = ProtocolJson.bytes(json);
        return ByteBuffer.allocate(LENGTH_BYTES + head.length + body.length)
                .putInt(head.length)
                .put(head)
                .put(body)
                .array();
    }
}
