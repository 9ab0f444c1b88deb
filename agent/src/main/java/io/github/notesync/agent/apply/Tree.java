package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.protocol.RelativePath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The replica's files by path. Every component is opened from the one above it, and none may be a symbolic link. The
 * directories used last stay open, because a batch is sorted by path. Only for the replica's thread.
 */
public final class Tree implements Closeable {
    private static final int OPEN_MAX = 64;

    private final Directory root;
    private final Map<RelativePath, Directory> open = new LinkedHashMap<>(16, 0.75f, true);

    public Tree(Directory root) {
        this.root = root;
    }

    public Directory root() {
        return root;
    }

    /** The directory that holds {@code path}; null if there is none, or something else in its place. */
    public @Nullable Directory parent(RelativePath path) throws IOException {
        RelativePath parent = path.parent();
        return parent == null ? root : directory(parent);
    }

    /** The directory that holds {@code path}, which must be there. */
    public Directory requireParent(RelativePath path) throws IOException {
        Directory parent = parent(path);
        if (parent == null) {
            throw new NoSuchFileException(root.path().resolve(path.value()).toString(), null, "its directory is gone");
        }
        return parent;
    }

    /** The directory at {@code path}; null if there is none, or something else. */
    public @Nullable Directory directory(RelativePath path) throws IOException {
        Directory known = open.get(path);
        if (known != null) {
            return known;
        }
        Directory parent = parent(path);
        Stat there = parent == null ? null : parent.stat(path.name());
        if (parent == null || there == null || there.kind() != Kind.DIRECTORY) {
            return null;
        }
        Directory directory = parent.open(path.name());
        open.put(path, directory);
        if (open.size() > OPEN_MAX) {
            // Not the one just opened, nor one of those above it: they were used last.
            Iterator<Directory> eldest = open.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        return directory;
    }

    /** What is at {@code path}; null if nothing is. */
    public @Nullable Stat stat(RelativePath path) throws IOException {
        Directory parent = parent(path);
        return parent == null ? null : parent.stat(path.name());
    }

    /** Forgets the directories at and below {@code path}: it is about to be moved or removed. */
    public void forget(RelativePath path) {
        for (RelativePath each : new ArrayList<>(open.keySet())) {
            if (each.equals(path) || path.isAncestorOf(each)) {
                Directory directory = open.remove(each);
                if (directory != null) {
                    directory.close();
                }
            }
        }
    }

    /** Forgets all: others may have moved things meanwhile. */
    public void forgetAll() {
        open.values().forEach(Directory::close);
        open.clear();
    }

    @Override
    public void close() {
        forgetAll();
        root.close();
    }
}
