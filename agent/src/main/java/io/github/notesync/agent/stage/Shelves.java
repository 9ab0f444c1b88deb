package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.RelativePath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Puts new files and links into {@code stage/}: into a directory that is staged whole, or by their slot. A manifest is
 * sorted by path, so each directory is opened once. One thread at a time.
 *
 * <p>A file is made by its slot and then moved in: ext4 looks for its inode near the directory where it is made, and in
 * thousands of new directories that look takes ten times as long as the move where much was deleted a minute ago.
 */
final class Shelves implements Closeable {
    private final Directory stage;
    private final WholeDirectories whole;
    /** The staged directory used last, behind those above it. */
    private final Deque<Shelf> open = new ArrayDeque<>();

    private record Shelf(String path, Directory directory) {
        boolean holds(String other) {
            return other.startsWith(path) && (other.length() == path.length() || other.charAt(path.length()) == '/');
        }
    }

    Shelves(Directory stage, WholeDirectories whole) {
        this.stage = stage;
        this.whole = whole;
    }

    interface Content {
        void write(OutputFile out) throws IOException;
    }

    void put(int slot, Change.Put put, Content content) throws IOException {
        try (OutputFile out = create(slot, put)) {
            content.write(out);
        }
        shelve(slot, put);
    }

    /** Makes a file, which {@link #shelve} brings to its shelf once it is closed. */
    OutputFile create(int slot, Change.Put put) throws IOException {
        return stage.create(Layout.slot(slot), put.executable());
    }

    void shelve(int slot, Change.Put put) throws IOException {
        String inside = whole.inside(put.path());
        if (inside != null) {
            Directory directory = enter(parent(inside));
            stage.rename(Layout.slot(slot), directory, put.path().name());
            note(slot, directory, put.path().name(), inside);
        }
    }

    void link(int slot, Change.Symlink link) throws IOException {
        String inside = whole.inside(link.path());
        Directory directory = inside == null ? stage : enter(parent(inside));
        String name = name(slot, link.path(), inside);
        Mover.makeLink(directory, name, link.target());
        note(slot, directory, name, inside);
    }

    /** A directory that may have nothing in it. */
    void mkdir(Change.Mkdir mkdir) throws IOException {
        Integer slot = whole.slot(mkdir.path());
        String inside = slot == null ? whole.inside(mkdir.path()) : Layout.slot(slot);
        if (inside != null) {
            enter(inside);
        }
    }

    private static String parent(String inside) {
        return inside.substring(0, inside.lastIndexOf('/'));
    }

    private static String name(int slot, RelativePath path, @Nullable String inside) {
        return inside == null ? Layout.slot(slot) : path.name();
    }

    private void note(int slot, Directory directory, String name, @Nullable String inside) throws IOException {
        Stat stat = inside == null ? null : directory.stat(name);
        if (stat != null) {
            whole.note(slot, stat.origin());
        }
    }

    /** Opens the staged directory at {@code path}, and makes what is missing of it. */
    private Directory enter(String path) throws IOException {
        while (!open.isEmpty() && !open.getLast().holds(path)) {
            open.removeLast().directory().close();
        }
        Directory directory = open.isEmpty() ? stage : open.getLast().directory();
        int at = open.isEmpty() ? 0 : open.getLast().path().length() + 1;
        while (at < path.length()) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            directory = make(directory, path.substring(at, end));
            open.addLast(new Shelf(path.substring(0, end), directory));
            at = end + 1;
        }
        return directory;
    }

    private static Directory make(Directory in, String name) throws IOException {
        try {
            in.makeDirectory(name, false);
        } catch (FileAlreadyExistsException entered) {
            // Before, and left again.
        }
        return in.open(name);
    }

    @Override
    public void close() {
        open.forEach(shelf -> shelf.directory().close());
        open.clear();
    }
}
