package io.github.notesync.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Moves and doubles files on whatever file system: by {@code rename} and {@code link} where these exist, else by copy.
 * A copy is made durable before its original goes.
 */
public final class Mover {
    private static final int BUFFER = 256 << 10;

    private Mover() {}

    /** Moves {@code name}. By rename this is one instant; by copy it is not, and a directory is moved piece by piece. */
    public static void move(Directory from, String name, Directory to, String toName) throws IOException {
        try {
            from.rename(name, to, toName);
        } catch (FileSystemException e) {
            if (!isUnsupported(e)) {
                throw e;
            }
            copy(from, name, to, toName);
            remove(from, name);
        }
    }

    /** Gives a file or link a second name, or makes a durable copy where the file system has no links. */
    public static void duplicate(Directory from, String name, Directory to, String toName) throws IOException {
        try {
            from.link(name, to, toName);
        } catch (UnsupportedOperationException e) {
            copy(from, name, to, toName);
        } catch (FileSystemException e) {
            if (e instanceof NoSuchFileException || !isUnsupported(e)) {
                throw e;
            }
            copy(from, name, to, toName);
        }
    }

    /** Makes a symbolic link, or a small file that holds its target where the file system has no links. */
    public static void makeLink(Directory in, String name, String target) throws IOException {
        try {
            in.makeSymlink(name, target);
        } catch (UnsupportedOperationException e) {
            makeStandIn(in, name, target);
        } catch (FileSystemException e) {
            if (!isUnsupported(e)) {
                throw e;
            }
            makeStandIn(in, name, target);
        }
    }

    private static void makeStandIn(Directory in, String name, String target) throws IOException {
        try (OutputFile out = in.create(name, false)) {
            out.write(ByteBuffer.wrap(target.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Whether the file system cannot do such a thing at all, so that another way has to be found. */
    public static boolean isUnsupported(FileSystemException e) {
        if (e instanceof AtomicMoveNotSupportedException) {
            return true;
        }
        String reason = e.getReason();
        return reason != null
                && (reason.contains("not implemented")
                        || reason.contains("not supported")
                        || reason.contains("not permitted")
                        || reason.contains("cross-device")
                        || reason.contains("Too many links"));
    }

    /** Copies a file, a link or a whole directory, durably, over a file that may be there. */
    public static void copy(Directory from, String name, Directory to, String toName) throws IOException {
        Stat stat = from.stat(name);
        if (stat == null) {
            throw new NoSuchFileException(from.path().resolve(name).toString());
        }
        switch (stat.kind()) {
            case FILE -> copyFile(from, name, stat, to, toName);
            case SYMLINK -> {
                if (to.stat(toName) != null) {
                    to.deleteFile(toName);
                }
                to.makeSymlink(toName, from.readSymlink(name));
            }
            case DIRECTORY -> copyDirectory(from, name, to, toName);
            case OTHER ->
                throw new FileSystemException(
                        from.path().resolve(name).toString(), null, "a pipe or device cannot be copied");
        }
    }

    private static void copyFile(Directory from, String name, Stat stat, Directory to, String toName)
            throws IOException {
        if (to.stat(toName) != null) {
            // Not overwritten: another name may still stand for the old content.
            to.deleteFile(toName);
        }
        try (OutputFile out = to.create(toName, stat.executable())) {
            pump(from, name, stat.size(), out);
            out.force();
        }
        to.setModified(toName, stat.modifiedNanos());
    }

    /** Copies the content into a new file, which has the time of now. */
    public static void copyFresh(Directory from, String name, Directory to, String toName, boolean executable)
            throws IOException {
        try (OutputFile out = to.create(toName, executable)) {
            pump(from, name, BUFFER, out);
        }
    }

    private static void pump(Directory from, String name, long size, OutputFile out) throws IOException {
        try (SeekableByteChannel in = from.read(name)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(1, Math.min(BUFFER, size)));
            while (in.read(buffer) >= 0) {
                out.write(buffer.flip());
                buffer.clear();
            }
        }
    }

    private static void copyDirectory(Directory from, String name, Directory to, String toName) throws IOException {
        if (to.stat(toName) == null) {
            to.makeDirectory(toName, false);
        }
        try (Directory source = from.open(name);
                Directory copy = to.open(toName)) {
            for (String each : source.list()) {
                copy(source, each, copy, each);
            }
            copy.force();
        }
    }

    private static void remove(Directory from, String name) throws IOException {
        Stat stat = from.stat(name);
        if (stat != null && stat.kind() == Kind.DIRECTORY) {
            try (Directory below = from.open(name)) {
                for (String each : below.list()) {
                    remove(below, each);
                }
            }
            from.deleteDirectory(name);
        } else if (stat != null) {
            from.deleteFile(name);
        }
    }
}
