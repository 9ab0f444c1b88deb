package io.github.notesync.protocol;

import java.security.SecureRandom;
import java.util.HexFormat;

/** A random name for one epoch, replica, batch or pairing: 128 bits, as 32 lower-case hex digits. */
public record Id(String hex) {
    private static final SecureRandom RANDOM = new SecureRandom();

    public Id {
        if (!Words.isHex(hex, 32)) {
            throw new IllegalArgumentException("id " + Quoted.of(hex) + " is not 32 lower-case hex digits");
        }
    }

    /** @throws ProtocolException {@code bad_request} unless {@code hex} is 32 lower-case hex digits */
    public static Id parse(String hex) throws ProtocolException {
        if (!Words.isHex(hex, 32)) {
            throw ProtocolException.badRequest("id " + Quoted.of(hex) + " is not 32 lower-case hex digits");
        }
        return new Id(hex);
    }

    /** A new one, from the cryptographic source. Any thread. */
    public static Id random() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return new Id(HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
        return hex;
    }
}
