package io.github.notesync.server.scan;

import io.github.notesync.protocol.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Reads the files whose stat moved: a few at once on the calling thread, many on several. */
final class Reading {
    private static final int FEW = 64;
    private static final int MAX_THREADS = 4;

    private final ContentReader reader;
    private final Progress progress;

    /** A file to read: its path in the index, and where it is. */
    record Wanted(Listing.Name name, Path onDisk, Stat stat) {}

    /** What came of it: a digest; or nothing when it was changing; or the error. */
    record Outcome(
            Wanted wanted,
            @Nullable Digest digest,
            @Nullable IOException error) {}

    Reading(ContentReader reader, Progress progress) {
        this.reader = reader;
        this.progress = progress;
    }

    /** The outcomes in the order of {@code wanted}. */
    List<Outcome> all(List<Wanted> wanted) throws InterruptedException {
        if (wanted.size() <= FEW) {
            List<Outcome> outcomes = new ArrayList<>(wanted.size());
            wanted.forEach(each -> outcomes.add(one(each, true)));
            return outcomes;
        }
        return parallel(wanted);
    }

    private Outcome one(Wanted wanted, boolean remember) {
        try {
            return new Outcome(wanted, reader.digest(wanted.onDisk(), wanted.stat(), remember), null);
        } catch (IOException e) {
            return new Outcome(wanted, null, e);
        }
    }

    private List<Outcome> parallel(List<Wanted> wanted) throws InterruptedException {
        long ofBytes = wanted.stream().mapToLong(w -> w.stat().size()).sum();
        AtomicLong files = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Outcome>> futures = new ArrayList<>(wanted.size());
            for (Wanted each : wanted) {
                futures.add(pool.submit(() -> {
                    Outcome outcome = one(each, false);
                    progress.read(
                            files.incrementAndGet(), bytes.addAndGet(each.stat().size()), wanted.size(), ofBytes);
                    return outcome;
                }));
            }
            List<Outcome> outcomes = new ArrayList<>(wanted.size());
            for (Future<Outcome> each : futures) {
                outcomes.add(each.get());
            }
            return outcomes;
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading a file failed in an unforeseen way", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }
}
