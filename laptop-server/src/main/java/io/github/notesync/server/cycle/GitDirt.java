package io.github.notesync.server.cycle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the working tree differs from its commit, asked of git itself in the background: a save must not wait for it,
 * and in a large tree, where git takes its time, not every save may cause it. Without git on the machine the answer is
 * "it may". One thread asks, another answers.
 */
final class GitDirt {
    private static final long PATIENCE_SECONDS = 20;
    /** After an answer git rests for so many times as long as it took. */
    private static final long REST = 5;

    private final Path source;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean dirty = true;
    /** When the question was asked that was answered last. */
    private volatile long answeredAsOf = System.nanoTime();

    private volatile boolean wanted;
    private volatile long notBefore = System.nanoTime();

    GitDirt(Path source) {
        this.source = source;
    }

    /**
     * The answer to a question asked at {@code since} or later; before there is one: it may be.
     *
     * @param since when the save was first heard of, {@link System#nanoTime}
     */
    boolean isDirty(long since) {
        return dirty || answeredAsOf - since < 0;
    }

    /** Wants to know anew. */
    void ask() {
        wanted = true;
        poll();
    }

    /** Asks if that is wanted, no question is on its way, and git has rested. To be called now and then. */
    void poll() {
        if (wanted && System.nanoTime() - notBefore >= 0 && running.compareAndSet(false, true)) {
            wanted = false;
            Thread thread = new Thread(this::run, "notesync-git");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        long began = System.nanoTime();
        try {
            // Without the optional locks git writes nothing, not even a refreshed index.
            Process git = new ProcessBuilder(
                            "git", "--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
                    .directory(source.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            git.getOutputStream().close();
            boolean any = git.getInputStream().read() >= 0;
            git.getInputStream().close();
            if (!git.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                git.destroyForcibly();
            }
            dirty = any;
            answeredAsOf = began;
        } catch (IOException e) {
            dirty = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            long ended = System.nanoTime();
            notBefore = ended + REST * (ended - began);
            running.set(false);
        }
    }
}
