package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of some content; content decides what changed, never times. Kept as four words, because an index holds
 * one for each file. As text: 64 lower-case hex digits.
 */
public record Digest(long a, long b, long c, long d) {

    /** @throws ProtocolException {@code bad_request} unless {@code hex} is 64 lower-case hex digits */
    public static Digest parse(String hex) throws ProtocolException {
        if (!Words.isHex(hex, 64)) {
            throw ProtocolException.badRequest("digest " + Quoted.of(hex) + " is not 64 lower-case hex digits");
        }
        return new Digest(Words.word(hex, 0), Words.word(hex, 1), Words.word(hex, 2), Words.word(hex, 3));
    }

    /** The digest whose 32 bytes these are. */
    public static Digest ofBytes(byte[] sha256) {
        if (sha256.length != 32) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + sha256.length);
        }
        return new Digest(Words.word(sha256, 0), Words.word(sha256, 1), Words.word(sha256, 2), Words.word(sha256, 3));
    }

    /** The digest of {@code content}. */
    public static Digest of(byte[] content) {
        return ofBytes(sha256().digest(content));
    }

    /** The digest of the UTF-8 of {@code content}. */
    public static Digest of(String content) {
        return of(content.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest of everything up to the end of {@code content}, which stays open. */
    public static Digest of(InputStream content) throws IOException {
        Hasher hasher = hasher();
        byte[] buffer = new byte[64 << 10];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            hasher.update(buffer, 0, n);
        }
        return hasher.digest();
    }

    /** Begins a digest of content that arrives in pieces. */
    public static Hasher hasher() {
        return new Hasher(sha256());
    }

    public String hex() {
        return Words.hex(a, b, c, d);
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex());
    }

    @Override
    public String toString() {
        return hex();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** A digest in the making. Not for several threads at once. */
    public static final class Hasher {
        private final MessageDigest sha256;

        private Hasher(MessageDigest sha256) {
            this.sha256 = sha256;
        }

        public void update(byte[] bytes, int offset, int length) {
            sha256.update(bytes, offset, length);
        }

        /** The digest of all that was given; the hasher begins anew. */
        public Digest digest() {
            return ofBytes(sha256.digest());
        }
    }
}
