package io.github.notesync.server.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells whether a connection on the loopback interface was made by the user that runs this server. Where the system does
 * not tell (it does on Linux), nobody is refused. Any thread.
 */
final class PeerCheck {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL_ADDRESS = 1;
    private static final int REMOTE_ADDRESS = 2;
    private static final int USER = 7;

    private PeerCheck() {}

    static boolean isSomeoneElse(int theirPort, int ourPort) {
        try {
            Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid", LinkOption.NOFOLLOW_LINKS);
            for (Path table : TABLES) {
                Optional<String> user = user(table, theirPort, ourPort);
                if (user.isPresent()) {
                    return !user.get().equals(String.valueOf(self));
                }
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
        return false;
    }

    /** The user of the socket whose own port is theirs and whose other end is ours. */
    private static Optional<String> user(Path table, int theirPort, int ourPort) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", theirPort);
        String remote = String.format(Locale.ROOT, ":%04X", ourPort);
        for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length > USER
                    && fields[LOCAL_ADDRESS].endsWith(local)
                    && fields[REMOTE_ADDRESS].endsWith(remote)) {
                return Optional.of(fields[USER]);
            }
        }
        return Optional.empty();
    }
}
