package io.github.notesync.server.tell;

/**
 * Text of others made safe for a terminal, on one line: names of files and what a notebook's machine says may hold anything,
 * and a control character could rewrite what stands above, a change of direction what stands beside. Pure.
 */
public final class Shown {
    private static final int SHORT = 0xff;

    private Shown() {}

    public static String of(String text) {
        if (text.chars().noneMatch(Shown::isHostile)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.chars()
                .forEach(each -> shown.append(
                        !isHostile(each)
                                ? String.valueOf((char) each)
                                : String.format(each <= SHORT ? "\\x%02x" : "\\u%04x", each)));
        return shown.toString();
    }

    private static boolean isHostile(int character) {
        return Character.isISOControl(character)
                || (character >= 0x202a && character <= 0x202e)
                || (character >= 0x2066 && character <= 0x2069);
    }
}
