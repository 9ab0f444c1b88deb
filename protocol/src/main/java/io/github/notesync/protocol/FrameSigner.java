package io.github.notesync.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks the messages between kernel and agent ({@code PROTOCOL.md} 5). Knows no session and no number: who
 * calls it keeps both. One thread.
 */
public final class FrameSigner {
    /** Who sent a message. */
    public enum Direction {
        KERNEL('K'),
        AGENT('A');

        private final byte letter;

        Direction(char letter) {
            this.letter = (byte) letter;
        }
    }

    public static final int KEY_BYTES = 32;
    public static final int SIGNATURE_BYTES = 32;
    public static final int SESSION_BYTES = 32;

    private final Mac mac;

    /** @param key the 32 bytes of the connection file */
    public FrameSigner(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("the key has " + key.length + " bytes, not " + KEY_BYTES);
        }
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }

    /**
     * @param session kernel nonce and agent nonce, 32 bytes
     * @param number strictly increasing in each session and direction
     */
    public byte[] sign(Direction direction, byte[] session, long number, byte[] header, byte[] body) {
        if (session.length != SESSION_BYTES) {
            throw new IllegalArgumentException("the session has " + session.length + " bytes, not " + SESSION_BYTES);
        }
        mac.update(direction.letter);
        mac.update(session);
        mac.update(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.BIG_ENDIAN)
                .putLong(number)
                .array());
        mac.update(Digest.sha256().digest(header));
        mac.update(Digest.sha256().digest(body));
        return mac.doFinal();
    }

    /** Compares in constant time. */
    public boolean verify(
            byte[] signature, Direction direction, byte[] session, long number, byte[] header, byte[] body) {
        return MessageDigest.isEqual(signature, sign(direction, session, number, header, body));
    }
}
