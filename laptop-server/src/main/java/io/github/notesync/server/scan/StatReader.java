package io.github.notesync.server.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Reads stats without following links: all that Unix has, or what every system has. Stateless. */
final class StatReader {
    private static final String UNIX = "unix:mode,size,lastModifiedTime,ctime,ino";
    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;
    private static final int OWNER_EXECUTE = 0100;

    private final boolean unix;

    StatReader(Path root) {
        // Jimfs offers "unix" without the time of the inode's change; it is told apart by asking.
        this.unix = hasUnix(root);
    }

    private static boolean hasUnix(Path root) {
        try {
            return Files.readAttributes(root, UNIX, LinkOption.NOFOLLOW_LINKS).size() == 5;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    Stat read(Path path) throws IOException {
        return unix ? unix(path) : basic(path);
    }

    private static Stat unix(Path path) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) value(all, "mode");
        Stat.Kind kind = switch (mode & TYPE_MASK) {
            case REGULAR -> Stat.Kind.FILE;
            case DIRECTORY -> Stat.Kind.DIRECTORY;
            case LINK -> Stat.Kind.SYMLINK;
            default -> Stat.Kind.OTHER;
        };
        return new Stat(
                kind,
                (Long) value(all, "size"),
                nanos((FileTime) value(all, "lastModifiedTime")),
                nanos((FileTime) value(all, "ctime")),
                (Long) value(all, "ino"),
                kind == Stat.Kind.FILE && (mode & OWNER_EXECUTE) != 0);
    }

    private static Object value(Map<String, Object> all, String name) {
        Object value = all.get(name);
        if (value == null) {
            throw new IllegalStateException("the file system gives no " + name);
        }
        return value;
    }

    private static Stat basic(Path path) throws IOException {
        BasicFileAttributes all = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Stat.Kind kind = all.isRegularFile()
                ? Stat.Kind.FILE
                : all.isDirectory() ? Stat.Kind.DIRECTORY : all.isSymbolicLink() ? Stat.Kind.SYMLINK : Stat.Kind.OTHER;
        // Windows has no executable bit; every file would seem to have it.
        return new Stat(kind, all.size(), nanos(all.lastModifiedTime()), 0, 0, false);
    }

    private static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }
}
