package io.github.notesync.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Tells whether two sets of entries are equal, and follows a change in constant time: the sum modulo 2^256 of the
 * SHA-256 of one line per entry ({@code PROTOCOL.md} 2.2). No defence against forgery. As text: 64 hex digits.
 */
public record TreeDigest(BigInteger sum) {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    /** The empty set. */
    public static final TreeDigest EMPTY = new TreeDigest(BigInteger.ZERO);

    public TreeDigest {
        if (sum.signum() < 0 || sum.compareTo(MODULUS) >= 0) {
            throw new IllegalArgumentException("a tree digest has 256 bits: " + sum);
        }
    }

    /** @throws ProtocolException {@code bad_request} unless {@code hex} is 64 lower-case hex digits */
    public static TreeDigest parse(String hex) throws ProtocolException {
        if (!Words.isHex(hex, 64)) {
            throw ProtocolException.badRequest("tree digest " + Quoted.of(hex) + " is not 64 lower-case hex digits");
        }
        return new TreeDigest(new BigInteger(hex, 16));
    }

    public static TreeDigest of(Iterable<? extends Entry> entries) {
        return EMPTY.withAll(entries);
    }

    /** The digest of this set and {@code entry}, which must not be in it. */
    public TreeDigest with(Entry entry) {
        return withAll(List.of(entry));
    }

    /** The digest of this set without {@code entry}, which must be in it. */
    public TreeDigest without(Entry entry) {
        return withoutAll(List.of(entry));
    }

    /** The digest of this set and {@code entries}, none of which may be in it. */
    public TreeDigest withAll(Iterable<? extends Entry> entries) {
        return new TreeDigest(sum.add(total(entries)).mod(MODULUS));
    }

    /** The digest of this set without {@code entries}, which must be in it. */
    public TreeDigest withoutAll(Iterable<? extends Entry> entries) {
        return new TreeDigest(sum.subtract(total(entries)).mod(MODULUS));
    }

    private static BigInteger total(Iterable<? extends Entry> entries) {
        MessageDigest sha256 = Digest.sha256();
        BigInteger total = BigInteger.ZERO;
        for (Entry entry : entries) {
            total = total.add(new BigInteger(1, sha256.digest(entry.line().getBytes(StandardCharsets.UTF_8))));
        }
        return total;
    }

    public String hex() {
        String digits = sum.toString(16);
        return "0".repeat(64 - digits.length()) + digits;
    }

    @Override
    public String toString() {
        return hex();
    }
}
