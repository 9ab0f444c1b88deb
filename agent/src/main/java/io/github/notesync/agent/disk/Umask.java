package io.github.notesync.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** The umask of this process, which Java does not tell: as Linux shows it, else the usual 022. Any thread. */
final class Umask {
    private static final Set<PosixFilePermission> ALLOWED = allowed(read());

    private Umask() {}

    /** The permissions that a new file would get if it were created with {@code permissions}. */
    static Set<PosixFilePermission> less(Set<PosixFilePermission> permissions) {
        Set<PosixFilePermission> left = EnumSet.copyOf(permissions);
        left.retainAll(ALLOWED);
        return left;
    }

    private static Set<PosixFilePermission> allowed(int mask) {
        StringBuilder text = new StringBuilder("rwxrwxrwx");
        for (int bit = 0; bit < text.length(); bit++) {
            if ((mask >> (text.length() - 1 - bit) & 1) != 0) {
                text.setCharAt(bit, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    private static int read() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Umask:")) {
                    return Integer.parseInt(line.substring("Umask:".length()).trim(), 8);
                }
            }
        } catch (IOException | NumberFormatException notLinux) {
            // The usual one, then.
        }
        return 0022;
    }
}
