package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Id;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Names a source to those who keep a replica of it: a directory of this laptop, by an id that tells neither. It outlives
 * every history, so that a replica is not mistaken for that of another source of the same name.
 */
final class SourceId {
    private static final int LENGTH = 32;

    private SourceId() {}

    /** @param directory where what belongs to no single source is kept */
    static String of(Path directory, Path source) throws IOException {
        return Digest.of(laptop(directory) + "\0" + source).hex().substring(0, LENGTH);
    }

    /** This user's laptop, by a number drawn once. */
    private static String laptop(Path directory) throws IOException {
        Path file = directory.resolve("laptop");
        if (!Files.isRegularFile(file) || Files.size(file) != LENGTH) {
            Path part = Files.createTempFile(directory, "laptop", ".new");
            Files.writeString(part, Id.random().hex());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.readString(file);
    }
}
