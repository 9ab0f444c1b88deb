package io.github.notesync.protocol;

import java.text.Normalizer;
import java.util.Locale;

/** Unicode full case folding and NFC: two names with one fold are one name where the file system ignores case. Pure. */
final class CaseFold {
    /** Folds to itself, although its upper case is the plain I. */
    private static final int DOTLESS_I = 0x131;

    private CaseFold() {}

    static String fold(String text) {
        if (isAscii(text)) {
            return text.toLowerCase(Locale.ROOT);
        }
        StringBuilder folded = new StringBuilder(text.length());
        text.codePoints().forEach(c -> folded.append(fold(c)));
        return Normalizer.normalize(folded, Normalizer.Form.NFC);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Lower, upper, lower: the way round that joins ẞ with ss, ſ with s and final with plain sigma. */
    private static String fold(int codePoint) {
        String plain = Character.toString(codePoint);
        if (codePoint == DOTLESS_I) {
            return plain;
        }
        StringBuilder folded = new StringBuilder();
        plain.toLowerCase(Locale.ROOT)
                .toUpperCase(Locale.ROOT)
                .codePoints()
                .map(Character::toLowerCase)
                .forEach(folded::appendCodePoint);
        return folded.toString();
    }
}
