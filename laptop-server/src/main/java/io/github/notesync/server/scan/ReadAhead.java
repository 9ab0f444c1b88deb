package io.github.notesync.server.scan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Lists directories and reads stats on several threads, ahead of the one that compares: most of a warm start is waiting
 * for the file system. One thread asks and takes.
 */
final class ReadAhead implements AutoCloseable {
    private static final int MAX_THREADS = 4;
    /** Less is not worth the threads. */
    static final int MIN_DIRECTORIES = 64;

    private final StatReader stats;
    private final Map<String, Future<List<Seen>>> coming = new HashMap<>();
    private final ExecutorService pool = Executors.newFixedThreadPool(
            Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));

    ReadAhead(StatReader stats) {
        this.stats = stats;
    }

    void ask(String directory, Path onDisk) {
        coming.put(
                directory,
                pool.submit(() -> Seen.in(onDisk).stream()
                        .map(each -> each.readAhead(stats))
                        .toList()));
    }

    /** What the directory held when it was read ahead; null if it was not asked for. */
    @Nullable
    List<Seen> take(String directory) throws IOException {
        Future<List<Seen>> asked = coming.remove(directory);
        if (asked == null) {
            return null;
        }
        try {
            return asked.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException("listing a directory failed in an unforeseen way", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the scan was interrupted", e);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
