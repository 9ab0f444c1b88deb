package io.github.notesync.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The six characters that a user compares: shown by the notebook, typed on the laptop ({@code PROTOCOL.md} 3). Bound to
 * a nonce that only the notebook knows and to the origin of the request. Pure.
 */
public final class PairingCode {
    /** Without I, L, O and U, which people confuse. */
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int CHARS = 6;
    private static final int BITS_PER_CHAR = 5;

    private PairingCode() {}

    /** @param origin the request's {@code Origin}, or {@code kernel} where it has none */
    public static String of(Digest commit, String origin) {
        Digest digest = Digest.of("notesync pairing\n" + commit.hex() + "\n" + origin + "\n");
        StringBuilder code = new StringBuilder(CHARS);
        for (int i = 1; i <= CHARS; i++) {
            code.append(ALPHABET.charAt((int) (digest.a() >>> (Long.SIZE - i * BITS_PER_CHAR)) & 31));
        }
        return code.toString();
    }

    /** What a client commits to before it shows its nonce of 32 bytes. */
    public static Digest commit(byte[] nonce) {
        return Digest.of(nonce);
    }

    /** Whether {@code typed} is {@code code}: small letters, spaces, dashes and look-alikes are forgiven. */
    public static boolean matches(String code, String typed) {
        byte[] plain = plain(typed).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(plain, code.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether {@code typed} could be a code at all. What could not is no guess. */
    public static boolean isShaped(String typed) {
        return plain(typed).length() == CHARS;
    }

    private static String plain(String typed) {
        return typed.toUpperCase(Locale.ROOT)
                .replaceAll("[\\s-]", "")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
    }

    /** @throws ProtocolException {@code bad_request} unless {@code hex} is a nonce of 32 bytes */
    public static byte[] parseNonce(String hex) throws ProtocolException {
        if (!Words.isHex(hex, 64)) {
            throw ProtocolException.badRequest("the nonce is not 64 lower-case hex digits");
        }
        return HexFormat.of().parseHex(hex);
    }
}
