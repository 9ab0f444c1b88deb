package io.github.notesync.agent.testing;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.protocol.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What a directory holds, by path: kind, content by digest, executable bit, target. */
public final class Snapshot {
    private Snapshot() {}

    /** All below {@code root} but {@code .notesync}. */
    public static Map<String, String> of(Disk disk, Path root) {
        return of(disk, root, ".notesync");
    }

    /** All below {@code root} but what is called {@code except} there. */
    public static Map<String, String> of(Disk disk, Path root, String except) {
        Map<String, String> all = new TreeMap<>();
        try (Directory directory = disk.open(root)) {
            add(directory, "", except, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** A file of this text. */
    public static String file(String text) {
        return file(Digest.of(text), false);
    }

    static String file(Digest digest, boolean executable) {
        return "file " + digest.hex().substring(0, 16) + (executable ? " x" : "");
    }

    private static void add(Directory directory, String prefix, String except, Map<String, String> all)
            throws IOException {
        for (String name : directory.list()) {
            Stat stat = directory.stat(name);
            if (name.equals(except) && prefix.isEmpty() || stat == null) {
                continue;
            }
            switch (stat.kind()) {
                case FILE -> {
                    try (SeekableByteChannel in = directory.read(name)) {
                        all.put(prefix + name, file(Digest.of(Channels.newInputStream(in)), stat.executable()));
                    }
                }
                case SYMLINK -> all.put(prefix + name, "link " + directory.readSymlink(name));
                case DIRECTORY -> {
                    all.put(prefix + name, "directory");
                    try (Directory below = directory.open(name)) {
                        add(below, prefix + name + "/", except, all);
                    }
                }
                case OTHER -> all.put(prefix + name, "other");
            }
        }
    }
}
