package io.github.notesync.agent;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.receive.Machine;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The roots that this agent serves, by path and by the id of their replicas. Any thread. */
final class Roots {
    private static final Set<PosixFilePermission> PERMISSIONS = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Disk disk;
    private final Machine machine;
    private final Settings settings;
    private final Executor background;
    private final Map<Path, Seat> byPath = new ConcurrentHashMap<>();
    private final Map<String, Seat> byId = new ConcurrentHashMap<>();

    Roots(Disk disk, Machine machine, Settings settings, Executor background) {
        this.disk = disk;
        this.machine = machine;
        this.settings = settings;
        this.background = background;
    }

    /**
     * The seat of a root, which is made if it is missing. Touches the disk.
     *
     * @throws ProtocolException {@code root_refused}
     */
    Seat seat(String root) throws IOException {
        Path real = real(root);
        synchronized (this) {
            Seat known = byPath.get(real);
            if (known != null) {
                return known;
            }
            checkAlone(real);
            Seat seat = new Seat(real, disk, machine, settings, background, this::opened);
            byPath.put(real, seat);
            return seat;
        }
    }

    /** A root whose replica was deleted has another one now, and the kernels that know the old one have to hear of it. */
    private void opened(Seat seat) {
        byId.values().removeIf(each -> each.equals(seat));
        byId.put(seat.id(), seat);
    }

    private static Path real(String root) throws IOException {
        Path path;
        try {
            path = Path.of(root);
        } catch (InvalidPathException e) {
            throw refused(root, "is no path here: " + e.getReason());
        }
        if (!path.isAbsolute()) {
            throw refused(root, "is not absolute");
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw refused(root, "is not a directory");
        }
        // Nobody else may write there, whatever the umask.
        Files.createDirectories(path, PosixFilePermissions.asFileAttribute(PERMISSIONS));
        Path real = path.toRealPath();
        if (!Files.isWritable(real)) {
            throw refused(root, "is not writable for this user");
        }
        return real;
    }

    private void checkAlone(Path real) throws ProtocolException {
        for (Path other : byPath.keySet()) {
            if (real.startsWith(other) || other.startsWith(real)) {
                throw refused(real.toString(), "and the replica " + other + " are one inside the other");
            }
        }
        for (Path up = real.getParent(); up != null; up = up.getParent()) {
            if (Files.isRegularFile(up.resolve(Layout.HOME).resolve(Layout.FORMAT), LinkOption.NOFOLLOW_LINKS)) {
                throw refused(real.toString(), "is inside the replica " + up);
            }
        }
    }

    private static ProtocolException refused(String root, String why) {
        return new ProtocolException(ErrorCode.ROOT_REFUSED, root + " " + why, root, null);
    }

    /** @throws ProtocolException {@code unknown_replica} */
    Seat find(String id) throws ProtocolException {
        Seat seat = byId.get(id);
        if (seat == null) {
            throw new ProtocolException(ErrorCode.UNKNOWN_REPLICA, "replica " + id + " is not attached here");
        }
        return seat;
    }

    List<Seat> all() {
        return List.copyOf(byPath.values());
    }
}
