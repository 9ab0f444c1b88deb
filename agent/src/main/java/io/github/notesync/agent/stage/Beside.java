package io.github.notesync.agent.stage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads that work beside the one that unpacks a batch: named after it, and ended before it ends. */
final class Beside {
    private Beside() {}

    /** @param work stands in the thread's name in place of {@code unpack} */
    static ExecutorService thread(String work) {
        String name = Thread.currentThread().getName().replace("unpack", work);
        return Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** Returns when it does nothing any more. */
    static void end(ExecutorService thread) {
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** For the thread that unpacks, where it was interrupted while it waited for another one; it stays so. */
    static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while a batch was unpacked");
    }

    /** Throws what such a thread met, on the thread that unpacks. */
    static void rethrow(@Nullable Throwable met) throws IOException {
        if (met instanceof IOException e) {
            throw e;
        } else if (met instanceof RuntimeException e) {
            throw e;
        } else if (met instanceof Error e) {
            throw e;
        }
    }
}
