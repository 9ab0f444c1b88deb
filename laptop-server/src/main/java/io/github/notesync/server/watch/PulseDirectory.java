package io.github.notesync.server.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A directory of our own, outside the source, in which a pulse is a file that appears and goes. Any thread. */
final class PulseDirectory {
    private static final String PREFIX = "pulse-";

    private final Path directory;
    private final AtomicLong last = new AtomicLong();

    PulseDirectory(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    Path path() {
        return directory;
    }

    long next() {
        return last.incrementAndGet();
    }

    void pulse(long number) throws IOException {
        Path file = directory.resolve(PREFIX + number);
        try {
            Files.createFile(file);
        } catch (NoSuchFileException e) {
            throw new IOException("the state directory " + directory + " is gone; restart the server", e);
        }
        Files.delete(file);
    }

    /** The number of the pulse that an event names; 0 if it is none. */
    static long number(@Nullable Object context) {
        String name = String.valueOf(context);
        if (!name.startsWith(PREFIX)) {
            return 0;
        }
        try {
            return Long.parseLong(name.substring(PREFIX.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
