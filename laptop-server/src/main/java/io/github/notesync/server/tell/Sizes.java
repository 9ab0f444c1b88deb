package io.github.notesync.server.tell;

import java.util.Locale;

/** Numbers as people read them. Pure. */
final class Sizes {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

    private Sizes() {}

    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 999.5) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, size < 10 ? "%.1f %s" : "%.0f %s", size, UNITS[unit]);
    }

    static String count(long number, String one) {
        return String.format(Locale.ROOT, "%,d", number) + " " + (number == 1 ? one : one + "s");
    }
}
