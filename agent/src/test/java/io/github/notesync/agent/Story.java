package io.github.notesync.agent;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.Quirk;
import io.github.notesync.agent.testing.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * One batch in which everything happens that can happen: every step of the journal, and a person who has been at work
 * in the replica meanwhile.
 */
final class Story {
    static final String STALE = "pkg/__pycache__/m.cpython-311.pyc";

    final Laptop laptop = new Laptop();
    final Laptop.Batch first;
    final Laptop.Batch second;
    /** The replica once the first batch was in and the person had been at work. */
    final Map<String, String> before;
    /** The replica once the second batch is in too. */
    final Map<String, String> after;

    private Story(Disk disk, Path root) {
        laptop.mkdir("pkg").mkdir("gone").mkdir("gone/deep").mkdir("turns").mkdir("stays");
        laptop.put("a.py", "a = 1\n")
                .put("pkg/m.py", "m = 1\n")
                .put("pkg/tool", "#!/bin/sh\n")
                .put("gone/x.py", "x = 1\n")
                .put("gone/deep/y.py", "y = 1\n")
                .put("turns/z.py", "z = 1\n")
                .put("stays/s.py", "s = 1\n")
                .put("file", "was a file\n")
                .put("edited.py", "e = 1\n")
                .put("dropped.py", "d = 1\n")
                .put("moves.py", "a long content that moves\n")
                .link("link", "a.py");
        first = laptop.save();
        try (Notebook notebook = Notebook.open(disk, root)) {
            notebook.bring(first);
        }
        personWorks(disk, root);
        before = withoutStaleBytecode(Snapshot.of(disk, root));
        laptop.mkdir("new").mkdir("new/inner").mkdir("file");
        laptop.put("a.py", "a = 2\n")
                .put("pkg/m.py", "m = 22\n")
                .chmod("pkg/tool", true)
                .put("new/inner/n.py", "n = 1\n")
                .put("new/empty", "")
                .put("turns", "is a file now\n")
                .put("file/f.py", "f = 1\n")
                .put("edited.py", "e = 2\n")
                .put("mine.txt", "the laptop's\n")
                .put("café/日.py", "x = 1\n")
                .mkdir("café")
                .copy("moves.py", "moved.py")
                .link("link", "pkg/m.py")
                .link("new/link", "../a.py")
                .delete("moves.py")
                .delete("turns/z.py")
                .delete("gone/deep/y.py")
                .delete("gone/x.py")
                .delete("gone/deep")
                .delete("gone")
                .delete("stays/s.py")
                .delete("stays")
                .delete("dropped.py");
        second = laptop.save();
        after = new TreeMap<>(laptop.snapshot());
        if (disk instanceof MemoryDisk memory && memory.has(Quirk.NO_SYMLINKS)) {
            after.replaceAll(
                    (path, what) -> what.startsWith("link ") ? Snapshot.file(what.substring("link ".length())) : what);
        }
        // The person's own files, in a directory that the laptop deleted.
        after.put("stays", "directory");
        after.put("stays/out.csv", before.get("stays/out.csv"));
        after.put("pkg/__pycache__", "directory");
        after.put("pkg/__pycache__/other.cpython-311.pyc", before.get("pkg/__pycache__/other.cpython-311.pyc"));
    }

    /** Tells the first half on an empty disk. */
    static Story on(Disk disk, Path root) {
        return new Story(disk, root);
    }

    /** Bytecode of a source that a batch replaces goes at once, and nobody misses it if the batch is taken back. */
    static Map<String, String> withoutStaleBytecode(Map<String, String> snapshot) {
        snapshot.keySet().removeAll(java.util.Set.of(STALE, "gone/__pycache__/x.cpython-311.pyc"));
        return snapshot;
    }

    private static void personWorks(Disk disk, Path root) {
        write(disk, root, "edited.py", "e = 'mine'\n");
        write(disk, root, "dropped.py", "d = 'mine'\n");
        write(disk, root, "mine.txt", "mine\n");
        write(disk, root, "stays/out.csv", "1,2\n");
        mkdir(disk, root, "gone", "__pycache__");
        write(disk, root, "gone/__pycache__/x.cpython-311.pyc", "bytecode");
        mkdir(disk, root, "pkg", "__pycache__");
        write(disk, root, STALE, "bytecode");
        write(disk, root, "pkg/__pycache__/other.cpython-311.pyc", "bytecode");
    }

    static void mkdir(Disk disk, Path root, String parent, String name) {
        try (Directory in = directory(disk, root, parent)) {
            in.makeDirectory(name, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file as an editor does: a new one takes the name. */
    static void write(Disk disk, Path root, String path, String text) {
        int slash = path.lastIndexOf('/');
        try (Directory in = directory(disk, root, slash < 0 ? "" : path.substring(0, slash))) {
            try (OutputFile out = in.create("editor.tmp", false)) {
                out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                out.force();
            }
            Mover.move(in, "editor.tmp", in, path.substring(slash + 1));
            in.force();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Directory directory(Disk disk, Path root, String path) throws IOException {
        Directory directory = disk.open(root);
        for (String name : path.isEmpty() ? new String[0] : path.split("/")) {
            directory = directory.open(name);
        }
        return directory;
    }
}
