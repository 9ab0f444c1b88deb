package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Id;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names a source to those who keep a replica of it: a directory of this laptop, by an id that tells neither. It outlives
 * every history, and goes along when the directory is moved, see {@link MovedState}; no two directories have the same, so
 * that a replica is not mistaken for that of another source of the same name.
 */
final class SourceId {
    private static final int LENGTH = 32;

    private SourceId() {}

    /**
     * The id that a source has, or gets now.
     *
     * @param directory where what belongs to no single source is kept
     * @param state what is kept of this source
     */
    static String of(Path directory, Path state, Path source) throws IOException {
        SourceFile known = SourceFile.read(state);
        if (known != null) {
            return known.id();
        }
        String id = Digest.of(laptop(directory) + "\0" + source).hex().substring(0, LENGTH);
        for (SourceFile each : SourceFile.all(directory)) {
            if (each.id().equals(id)) {
                // It went along with a directory that lay here before.
                return Id.random().hex();
            }
        }
        return id;
    }

    /** This user's laptop, by a number drawn once, also where several servers start for the first time at once. */
    static String laptop(Path directory) throws IOException {
        Path file = directory.resolve("laptop");
        if (!Files.isRegularFile(file) || isBroken(file)) {
            Path part = Files.createTempFile(directory, "laptop", ".new");
            try {
                Files.writeString(part, Id.random().hex());
                putIfAbsent(part, file);
            } finally {
                Files.deleteIfExists(part);
            }
        }
        return Files.readString(file);
    }

    /** It was written as a whole, so that something else broke it; then it is in the way. */
    private static boolean isBroken(Path file) throws IOException {
        if (Files.size(file) == LENGTH) {
            return false;
        }
        Files.deleteIfExists(file);
        return true;
    }

    /** The first one stays. */
    private static void putIfAbsent(Path part, Path file) throws IOException {
        try {
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            return;
        } catch (FileSystemException | UnsupportedOperationException e) {
            // A file system without links: there the look before the rename has to do.
            try {
                Files.move(part, file);
            } catch (FileAlreadyExistsException other) {
                return;
            }
        }
    }
}
