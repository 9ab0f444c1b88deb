package io.github.notesync.agent.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A directory held by its descriptor ({@code openat}, {@code renameat}, {@code O_NOFOLLOW}). Java offers no
 * {@code mkdirat}, {@code symlinkat} and {@code linkat}: those three go by path, so they are used only in our own
 * directory below {@code .notesync}, from where a {@code rename} takes the result into the tree; a link is compared
 * with what the descriptor shows.
 */
final class SecureDirectory implements Directory {
    private static final FileAttribute<Set<PosixFilePermission>> PLAIN = attribute("rw-r--r--");
    private static final FileAttribute<Set<PosixFilePermission>> EXECUTABLE = attribute("rwxr-xr-x");
    private static final FileAttribute<Set<PosixFilePermission>> SECRET = attribute("rwx------");
    private static final Set<OpenOption> READ_ONLY = Set.of(READ, NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW = Set.of(WRITE, CREATE_NEW, NOFOLLOW_LINKS);
    private static final Set<OpenOption> ANEW = Set.of(WRITE, CREATE, TRUNCATE_EXISTING, NOFOLLOW_LINKS);
    private static final Set<OpenOption> BEHIND = Set.of(WRITE, CREATE, APPEND, NOFOLLOW_LINKS);
    private static final Path SELF = Path.of(".");

    private final Path path;
    private final SecureDirectoryStream<Path> stream;

    private SecureDirectory(Path path, SecureDirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
    }

    @SuppressWarnings("StreamResourceLeak") // closing the directory closes it
    static Directory open(Path path) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(path);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return new SecureDirectory(path, secure);
        }
        stream.close();
        throw new FileSystemException(
                path.toString(), null, "Java cannot hold directories open on this operating system");
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String key() throws IOException {
        return key(stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes());
    }

    @Override
    public @Nullable Stat stat(String name) throws IOException {
        PosixFileAttributes attributes;
        try {
            attributes = view(name).readAttributes();
        } catch (NoSuchFileException absent) {
            return null;
        }
        Kind kind = attributes.isRegularFile()
                ? Kind.FILE
                : attributes.isDirectory() ? Kind.DIRECTORY : attributes.isSymbolicLink() ? Kind.SYMLINK : Kind.OTHER;
        return new Stat(
                kind,
                attributes.size(),
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                key(attributes),
                attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE));
    }

    /** {@code (dev=fe01,ino=1234)} as {@code fe01.1234}. */
    private static String key(PosixFileAttributes attributes) {
        String key = String.valueOf(attributes.fileKey());
        int inode = key.indexOf(",ino=");
        return key.substring("(dev=".length(), inode) + "." + key.substring(inode + ",ino=".length(), key.length() - 1);
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = stream.newDirectoryStream(SELF, NOFOLLOW_LINKS)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public Directory open(String name) throws IOException {
        try {
            return new SecureDirectory(path.resolve(name), stream.newDirectoryStream(Path.of(name), NOFOLLOW_LINKS));
        } catch (NotDirectoryException e) {
            throw e;
        } catch (FileSystemException e) {
            Stat there = stat(name);
            if (there != null && there.kind() == Kind.SYMLINK) {
                NotDirectoryException link =
                        new NotDirectoryException(path.resolve(name).toString());
                link.initCause(e);
                throw link;
            }
            throw e;
        }
    }

    @Override
    public SeekableByteChannel read(String name) throws IOException {
        return stream.newByteChannel(Path.of(name), READ_ONLY);
    }

    @Override
    public OutputFile create(String name, boolean executable) throws IOException {
        return output(name, stream.newByteChannel(Path.of(name), NEW, executable ? EXECUTABLE : PLAIN));
    }

    @Override
    public OutputFile overwrite(String name, boolean executable) throws IOException {
        return output(name, stream.newByteChannel(Path.of(name), ANEW, executable ? EXECUTABLE : PLAIN));
    }

    @Override
    public OutputFile append(String name) throws IOException {
        return output(name, stream.newByteChannel(Path.of(name), BEHIND, PLAIN));
    }

    private OutputFile output(String name, SeekableByteChannel channel) {
        return new Output(path.resolve(name), channel);
    }

    @Override
    public void makeDirectory(String name, boolean secret) throws IOException {
        Files.createDirectory(path.resolve(name), secret ? SECRET : EXECUTABLE);
    }

    @Override
    public void makeSymlink(String name, String target) throws IOException {
        Files.createSymbolicLink(path.resolve(name), Path.of(target));
    }

    @Override
    public String readSymlink(String name) throws IOException {
        return Files.readSymbolicLink(path.resolve(name)).toString();
    }

    @Override
    public void link(String name, Directory to, String toName) throws IOException {
        Files.createLink(to.path().resolve(toName), path.resolve(name));
        Stat mine = stat(name);
        Stat linked = to.stat(toName);
        if (mine == null || linked == null || !mine.key().equals(linked.key())) {
            if (linked != null) {
                to.deleteFile(toName);
            }
            throw new FileSystemException(path.resolve(name).toString(), null, "changed while it was linked");
        }
    }

    @Override
    public void rename(String name, Directory to, String toName) throws IOException {
        stream.move(Path.of(name), ((SecureDirectory) to).stream, Path.of(toName));
    }

    @Override
    public void deleteFile(String name) throws IOException {
        stream.deleteFile(Path.of(name));
    }

    @Override
    public void deleteDirectory(String name) throws IOException {
        stream.deleteDirectory(Path.of(name));
    }

    @Override
    public void setModified(String name, long nanos) throws IOException {
        FileTime time = FileTime.from(nanos, TimeUnit.NANOSECONDS);
        view(name).setTimes(time, null, null);
    }

    @Override
    public void setExecutable(String name, boolean executable) throws IOException {
        view(name).setPermissions(Umask.less((executable ? EXECUTABLE : PLAIN).value()));
    }

    @Override
    public void force() throws IOException {
        try (SeekableByteChannel self = stream.newByteChannel(SELF, Set.of(READ))) {
            force(self, path);
        }
    }

    @Override
    public void forceFile(String name) throws IOException {
        try (SeekableByteChannel file = stream.newByteChannel(Path.of(name), READ_ONLY)) {
            force(file, path.resolve(name));
        }
    }

    private static void force(SeekableByteChannel channel, Path path) throws IOException {
        try {
            ((FileChannel) channel).force(true);
        } catch (IOException e) {
            throw at(path, e);
        }
    }

    /** A channel does not know the name of its file; who has to free space or to change a mode wants to. */
    private static IOException at(Path path, IOException e) {
        if (e instanceof FileSystemException || e instanceof ClosedChannelException) {
            return e;
        }
        FileSystemException named = new FileSystemException(path.toString(), null, e.getMessage());
        named.initCause(e);
        return named;
    }

    @Override
    public @Nullable Closeable lock(String name) throws IOException {
        FileChannel channel =
                (FileChannel) stream.newByteChannel(Path.of(name), Set.of(WRITE, CREATE, NOFOLLOW_LINKS), PLAIN);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException byThisProcess) {
            // The other holder is here.
        } catch (IOException e) {
            // The file system has no locks: better none than no replica.
            return channel;
        }
        if (held == null) {
            channel.close();
            return null;
        }
        return channel;
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException ignored) {
            // Only a descriptor for reading: nothing can be lost with it.
        }
    }

    private PosixFileAttributeView view(String name) {
        return stream.getFileAttributeView(Path.of(name), PosixFileAttributeView.class, NOFOLLOW_LINKS);
    }

    private static FileAttribute<Set<PosixFilePermission>> attribute(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /** A file of this machine's disk. */
    private record Output(Path path, SeekableByteChannel channel) implements OutputFile {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                throw at(path, e);
            }
        }

        @Override
        public void force() throws IOException {
            SecureDirectory.force(channel, path);
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } catch (IOException e) {
                throw at(path, e);
            }
        }
    }
}
