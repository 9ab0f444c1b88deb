package io.github.notesync.protocol;

import java.util.HexFormat;

/** Text and bytes of a 256-bit number that is kept as four big-endian words. Pure. */
final class Words {
    private static final HexFormat HEX = HexFormat.of();

    private Words() {}

    static boolean isHex(String text, int digits) {
        if (text.length() != digits) {
            return false;
        }
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    /** The word of 16 digits that begins at {@code index * 16}. */
    static long word(String hex, int index) {
        return HexFormat.fromHexDigitsToLong(hex, index * 16, index * 16 + 16);
    }

    static long word(byte[] bytes, int index) {
        long word = 0;
        for (int i = index * 8; i < index * 8 + 8; i++) {
            word = (word << 8) | (bytes[i] & 0xFF);
        }
        return word;
    }

    static String hex(long a, long b, long c, long d) {
        return HEX.toHexDigits(a) + HEX.toHexDigits(b) + HEX.toHexDigits(c) + HEX.toHexDigits(d);
    }
}
