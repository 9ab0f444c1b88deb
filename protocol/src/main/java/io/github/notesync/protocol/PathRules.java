package io.github.notesync.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of {@code PROTOCOL.md} 2.1, looked at in the order of {@link PathReason}. Pure. */
final class PathRules {
    private static final String WINDOWS_FORBIDDEN = "<>:\"|?*";
    private static final Set<String> WINDOWS_DEVICES = Set.of("CON", "PRN", "AUX", "NUL");
    private static final Set<String> PRIVATE_NAMES = Set.of(".git", ".notesync");
    /** Below it every character is its own NFC. */
    private static final char FIRST_COMBINING = '\u0300';

    /** So short a path has no component too long, and no more than the limit of them. */
    private static final int PLAIN_CHARS_MAX = 2 * Limits.PATH_COMPONENTS_MAX - 1;

    private PathRules() {}

    static @Nullable PathReason refusal(String path) {
        return isPlain(path) ? null : firstRefusal(path);
    }

    /**
     * Whether a path is so plain that no rule can refuse it: most are, and a tree has many. Short, ASCII letters, digits,
     * {@code _}, {@code -} and single dots inside a name.
     */
    private static boolean isPlain(String path) {
        if (path.length() > PLAIN_CHARS_MAX) {
            return false;
        }
        int begin = 0;
        int dot = -1;
        for (int i = 0; i <= path.length(); i++) {
            char c = i < path.length() ? path.charAt(i) : '/';
            if (c == '/') {
                int baseEnd = dot < 0 ? i : dot;
                if (i == begin || path.charAt(i - 1) == '.' || isDevice(path, begin, baseEnd)) {
                    return false;
                }
                begin = i + 1;
                dot = -1;
            } else if (c == '.') {
                if (i == begin || path.charAt(i - 1) == '.') {
                    return false;
                }
                dot = dot < 0 ? i : dot;
            } else if (!isPlain(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDevice(String path, int begin, int end) {
        return (end - begin == 3 || end - begin == 4) && isDevice(path.substring(begin, end));
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    /** The rules one by one. */
    static @Nullable PathReason firstRefusal(String path) {
        if (path.isEmpty()) {
            return PathReason.EMPTY;
        }
        if (path.charAt(0) == '/') {
            return PathReason.ABSOLUTE;
        }
        String[] components = path.split("/", -1);
        for (String component : components) {
            if (component.isEmpty() || component.equals(".") || component.equals("..")) {
                return PathReason.DOT;
            }
        }
        if (path.chars().anyMatch(c -> c < 0x20 || c == 0x7F)) {
            return PathReason.CONTROL;
        }
        if (path.indexOf('\\') >= 0) {
            return PathReason.BACKSLASH;
        }
        for (String component : components) {
            if (isReserved(component)) {
                return PathReason.RESERVED;
            }
        }
        for (String component : components) {
            if (PRIVATE_NAMES.contains(component.toLowerCase(Locale.ROOT))) {
                return PathReason.PRIVATE;
            }
        }
        if (path.chars().anyMatch(c -> c >= FIRST_COMBINING)) {
            if (hasLoneSurrogate(path)) {
                return PathReason.NOT_UTF8;
            }
            if (!Normalizer.isNormalized(path, Normalizer.Form.NFC)) {
                return PathReason.NOT_NFC;
            }
        }
        return isTooLong(path, components) ? PathReason.TOO_LONG : null;
    }

    private static boolean isReserved(String component) {
        char last = component.charAt(component.length() - 1);
        if (last == '.' || last == ' ' || component.chars().anyMatch(c -> WINDOWS_FORBIDDEN.indexOf(c) >= 0)) {
            return true;
        }
        int dot = component.indexOf('.');
        return isDevice((dot < 0 ? component : component.substring(0, dot)).stripTrailing());
    }

    private static boolean isDevice(String name) {
        String base = name.toUpperCase(Locale.ROOT);
        return WINDOWS_DEVICES.contains(base) || isNumberedDevice(base);
    }

    private static boolean isNumberedDevice(String base) {
        return base.length() == 4
                && (base.startsWith("COM") || base.startsWith("LPT"))
                && base.charAt(3) >= '0'
                && base.charAt(3) <= '9';
    }

    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static boolean isTooLong(String path, String[] components) {
        if (components.length > Limits.PATH_COMPONENTS_MAX || utf8Length(path) > Limits.PATH_BYTES_MAX) {
            return true;
        }
        for (String component : components) {
            if (utf8Length(component) > Limits.COMPONENT_BYTES_MAX) {
                return true;
            }
        }
        return false;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
