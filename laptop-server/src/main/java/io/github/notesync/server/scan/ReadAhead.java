package io.github.notesync.server.scan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Watches and lists directories and reads stats on several threads, ahead of the one that compares: most of a warm start is
 * waiting for the system. One thread asks and takes; what it takes before its turn has come, it reads itself.
 */
final class ReadAhead implements AutoCloseable {
    private static final int MAX_THREADS = 4;
    /** Less is not worth the threads. */
    static final int MIN_DIRECTORIES = 64;

    private final StatReader stats;
    private final Coverage coverage;
    private final Map<String, FutureTask<List<Seen>>> coming = new HashMap<>();
    private final ExecutorService pool = Executors.newFixedThreadPool(
            Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));

    ReadAhead(StatReader stats, Coverage coverage) {
        this.stats = stats;
        this.coverage = coverage;
    }

    void ask(String directory, Path onDisk) {
        FutureTask<List<Seen>> task = new FutureTask<>(() -> {
            coverage.cover(directory, onDisk);
            return Seen.ahead(onDisk, stats);
        });
        coming.put(directory, task);
        pool.execute(task);
    }

    /** What the directory held when it was read ahead; null if it was not asked for. */
    @Nullable
    List<Seen> take(String directory) throws IOException {
        FutureTask<List<Seen>> asked = coming.remove(directory);
        if (asked == null) {
            return null;
        }
        try {
            asked.run();
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

    /** Has done with a directory: nothing begins there any more, so that its watch can be taken back. */
    void finish(String directory) {
        FutureTask<List<Seen>> asked = coming.remove(directory);
        if (asked == null) {
            return;
        }
        try {
            asked.run();
            asked.get();
        } catch (ExecutionException e) {
            // What it was is no longer asked for.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
