package io.github.notesync.agent.testing;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.testing.World.Node;
import io.github.notesync.agent.testing.World.Op;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A {@link World} behind the interface of the disk, strict about what may be done with which name. */
public final class MemoryDisk implements Disk {
    public static final Path ROOT = Path.of("/replica");

    final World world;
    private final Set<Quirk> quirks;

    public MemoryDisk(Quirk... quirks) {
        this.quirks = Set.of(quirks);
        this.world = new World(has(Quirk.IGNORES_CASE));
    }

    MemoryDisk(World world, Set<Quirk> quirks) {
        this.world = world;
        this.quirks = quirks;
    }

    Set<Quirk> quirks() {
        return quirks;
    }

    public boolean has(Quirk quirk) {
        return quirks.contains(quirk);
    }

    private void need(Quirk lack, String path) throws FileSystemException {
        if (has(lack)) {
            throw new FileSystemException(path, null, "Operation not supported");
        }
    }

    @Override
    public Directory open(Path path) {
        return new In(World.ROOT, path);
    }

    private final class In implements Directory {
        private final int id;
        private final Path path;

        In(int id, Path path) {
            this.id = id;
            this.path = path;
        }

        private Node self() {
            return world.nodes.get(id);
        }

        private String at(String name) {
            return path.resolve(name).toString();
        }

        private int find(String name) throws IOException {
            Integer node = self().names.get(name);
            if (node == null) {
                throw new NoSuchFileException(at(name));
            }
            return node;
        }

        private int find(String name, Kind kind) throws IOException {
            int node = find(name);
            if (world.nodes.get(node).kind != kind) {
                throw kind == Kind.DIRECTORY
                        ? new NotDirectoryException(at(name))
                        : new FileSystemException(at(name), null, "is no " + kind);
            }
            return node;
        }

        private void checkFree(String name) throws IOException {
            if (self().names.containsKey(name)) {
                throw new FileAlreadyExistsException(at(name));
            }
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public String key() {
            return "m." + id;
        }

        @Override
        public Stat stat(String name) {
            Integer node = self().names.get(name);
            if (node == null) {
                return null;
            }
            Node there = world.nodes.get(node);
            long size = there.kind == Kind.FILE ? there.content.length : there.target.length();
            return new Stat(there.kind, size, there.modified, "m." + node, there.executable);
        }

        @Override
        public List<String> list() {
            return new ArrayList<>(self().names.keySet());
        }

        @Override
        public Directory open(String name) throws IOException {
            return name.equals(".") ? this : new In(find(name, Kind.DIRECTORY), path.resolve(name));
        }

        @Override
        public SeekableByteChannel read(String name) throws IOException {
            return new MemoryChannel(world.nodes.get(find(name, Kind.FILE)).content);
        }

        @Override
        public OutputFile create(String name, boolean executable) throws IOException {
            checkFree(name);
            int node = ++world.lastNode;
            world.perform(new Op.Make(id, name, node, Kind.FILE, "", executable, world.tick()));
            return new Output(node);
        }

        @Override
        public OutputFile overwrite(String name, boolean executable) throws IOException {
            if (stat(name) == null) {
                return create(name, executable);
            }
            int node = find(name, Kind.FILE);
            world.perform(new Op.Write(node, new byte[0], true, world.tick()));
            return new Output(node);
        }

        @Override
        public OutputFile append(String name) throws IOException {
            if (stat(name) != null) {
                need(Quirk.NO_APPEND, at(name));
            }
            return stat(name) == null ? create(name, false) : new Output(find(name, Kind.FILE));
        }

        @Override
        public void makeDirectory(String name, boolean secret) throws IOException {
            checkFree(name);
            world.perform(new Op.Make(id, name, ++world.lastNode, Kind.DIRECTORY, "", true, world.tick()));
        }

        @Override
        public void makeSymlink(String name, String target) throws IOException {
            need(Quirk.NO_SYMLINKS, at(name));
            checkFree(name);
            world.perform(new Op.Make(id, name, ++world.lastNode, Kind.SYMLINK, target, true, world.tick()));
        }

        @Override
        public String readSymlink(String name) throws IOException {
            return world.nodes.get(find(name, Kind.SYMLINK)).target;
        }

        @Override
        public void link(String name, Directory to, String toName) throws IOException {
            need(Quirk.NO_LINKS, at(name));
            int node = find(name);
            ((In) to).checkFree(toName);
            world.perform(new Op.Link(((In) to).id, toName, node));
        }

        @Override
        public void rename(String name, Directory to, String toName) throws IOException {
            need(Quirk.NO_RENAME, at(name));
            Node moved = world.nodes.get(find(name));
            Integer replaced = ((In) to).self().names.get(toName);
            if (replaced != null) {
                Node there = world.nodes.get(replaced);
                if (moved.kind == Kind.DIRECTORY && there.kind != Kind.DIRECTORY) {
                    throw new NotDirectoryException(at(toName));
                }
                if (moved.kind != Kind.DIRECTORY && there.kind == Kind.DIRECTORY) {
                    throw new FileSystemException(at(toName), null, "Is a directory");
                }
                if (there.kind == Kind.DIRECTORY && !there.names.isEmpty()) {
                    throw new DirectoryNotEmptyException(at(toName));
                }
            }
            world.perform(new Op.Rename(id, name, ((In) to).id, toName));
        }

        @Override
        public void deleteFile(String name) throws IOException {
            if (world.nodes.get(find(name)).kind == Kind.DIRECTORY) {
                throw new FileSystemException(at(name), null, "Is a directory");
            }
            world.perform(new Op.Remove(id, name));
        }

        @Override
        public void deleteDirectory(String name) throws IOException {
            if (!world.nodes.get(find(name, Kind.DIRECTORY)).names.isEmpty()) {
                throw new DirectoryNotEmptyException(at(name));
            }
            world.perform(new Op.Remove(id, name));
        }

        @Override
        public void setModified(String name, long nanos) throws IOException {
            int node = find(name, Kind.FILE);
            if (!has(Quirk.NO_TIMES)) {
                world.perform(new Op.Modified(node, nanos));
            }
        }

        @Override
        public void setExecutable(String name, boolean executable) throws IOException {
            world.perform(new Op.Executable(find(name, Kind.FILE), executable));
        }

        @Override
        public void force() {
            world.perform(new Op.ForceNames(id));
        }

        @Override
        public void forceFile(String name) throws IOException {
            world.perform(new Op.ForceContent(find(name, Kind.FILE)));
        }

        @Override
        public Closeable lock(String name) throws IOException {
            if (stat(name) == null) {
                create(name, false).close();
            }
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private final class Output implements OutputFile {
        private final int node;

        Output(int node) {
            this.node = node;
        }

        @Override
        public void write(ByteBuffer bytes) {
            byte[] taken = new byte[bytes.remaining()];
            bytes.get(taken);
            world.perform(new Op.Write(node, taken, false, world.tick()));
        }

        @Override
        public void force() {
            world.perform(new Op.ForceContent(node));
        }

        @Override
        public void close() {}
    }
}
