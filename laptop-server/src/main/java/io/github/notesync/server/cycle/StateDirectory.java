package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the server keeps what outlives a run, one directory for each source, never inside the source. Knows all its file
 * names:
 *
 * <pre>
 * lock    held while a server runs on this source
 * source  {"path": …, "inode": …, "id": …}: which directory it is, see SourceFile
 * index   what the source held, see IndexFile
 * clean   {"cursor": …, "tree": …, "index": <check sum>}: how the last run ended; absent while a server runs, and after a crash
 * grants  who may read, as far as the user wants that remembered
 * pulse/  watched together with the source
 * spool/  batches in the making
 * </pre>
 *
 * <p>Beside them lies {@code laptop}, see SourceId.
 */
public final class StateDirectory implements AutoCloseable {
    static final String LOCK = "lock";
    static final String INDEX = "index";
    private static final String CLEAN = "clean";

    private final Path directory;
    private final FileChannel lockFile;
    private final @Nullable FileLock lock;
    private final String sourceId;

    /** How the last run ended, and which index goes with it. */
    record Clean(Cursor cursor, TreeDigest tree, long indexSum) {}

    private StateDirectory(Path directory, FileChannel lockFile, @Nullable FileLock lock, String sourceId) {
        this.sourceId = sourceId;
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Opens the directory for a source; one that was moved finds its own. A second server on the same source gets one
     * without memory.
     *
     * @param home the user's state directory for notesync
     */
    public static StateDirectory open(Path home, Path source) throws IOException {
        Path all = all(home);
        Path usual = usual(home, source);
        MovedState.follow(all, usual, source);
        for (int i = 0; ; i++) {
            Path directory = i == 0 ? usual : usual.resolveSibling(usual.getFileName() + "-" + i);
            createPrivate(directory);
            FileChannel file =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(file);
            if (lock != null || i == 99) {
                String id = SourceId.of(all, usual, source);
                StateDirectory state = new StateDirectory(directory, file, lock, id);
                if (i == 0) {
                    state.remember(SourceFile.of(source, id));
                }
                state.empty(state.spool());
                state.empty(state.pulse());
                return state;
            }
            file.close();
        }
    }

    /** Whether a server runs on this source, or was cut off. Takes no lock, which could be in the way of one that starts. */
    public static boolean isServed(Path home, Path source) {
        return isKnown(home, source) && !Files.exists(usual(home, source).resolve(CLEAN));
    }

    /** Whether a server has run on this source. */
    public static boolean isKnown(Path home, Path source) {
        return Files.exists(usual(home, source).resolve(LOCK));
    }

    private static Path all(Path home) {
        return home.resolve("server");
    }

    private static Path usual(Path home, Path source) {
        return all(home).resolve(Digest.of(source.toString()).hex().substring(0, 16));
    }

    /** Others may neither list nor enter it, so what is inside is safe whatever the umask. */
    private static void createPrivate(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private void remember(SourceFile now) throws IOException {
        if (now.inode() != 0 && !now.equals(SourceFile.read(directory))) {
            now.write(directory);
        }
    }

    /** Null where another has it, in this program or in another one. */
    static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void empty(Path inner) throws IOException {
        Files.createDirectories(inner);
        try (Stream<Path> files = Files.list(inner)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
    }

    String sourceId() {
        return sourceId;
    }

    Path index() {
        return directory.resolve(INDEX);
    }

    Path pulse() {
        return directory.resolve("pulse");
    }

    public Path grants() {
        return directory.resolve("grants");
    }

    public Path spool() {
        return directory.resolve("spool");
    }

    private Path clean() {
        return directory.resolve(CLEAN);
    }

    /** How the last run ended, which can be asked once: from now on only a clean end brings it back. */
    Optional<Clean> takeClean() throws IOException {
        if (!Files.exists(clean())) {
            return Optional.empty();
        }
        try {
            JsonObject json = ProtocolJson.parse(Files.readAllBytes(clean()));
            return Optional.of(new Clean(
                    Cursor.fromJson(json.object("cursor")),
                    TreeDigest.parse(json.string("tree")),
                    json.integer("index")));
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            Files.delete(clean());
            force(directory);
        }
    }

    void writeClean(Cursor cursor, TreeDigest tree, long indexSum) throws IOException {
        JsonObject json = JsonObject.builder()
                .put("cursor", cursor.toJson())
                .put("tree", tree.hex())
                .put("index", indexSum)
                .build();
        Path written = directory.resolve("clean.new");
        Files.write(written, ProtocolJson.bytes(json));
        Files.move(written, clean(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Windows cannot open a directory; there the order of the file system has to do. */
    private static void force(Path directory) throws IOException {
        if (directory.getFileSystem().getSeparator().equals("/")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.release();
        }
        lockFile.close();
    }
}
