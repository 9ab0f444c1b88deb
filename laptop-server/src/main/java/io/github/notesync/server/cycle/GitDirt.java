package io.github.notesync.server.cycle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the working tree differs from its commit, asked of git itself in the background: a save must not wait for it.
 * Without git on the machine the answer is "it may". One thread asks, another answers.
 */
final class GitDirt {
    private static final long PATIENCE_SECONDS = 20;

    private final Path source;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean dirty = true;

    GitDirt(Path source) {
        this.source = source;
    }

    /** The newest answer. */
    boolean isDirty() {
        return dirty;
    }

    /** Asks anew, unless a question is on its way. */
    void ask() {
        if (running.compareAndSet(false, true)) {
            Thread thread = new Thread(this::run, "notesync-git");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
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
        } catch (IOException e) {
            dirty = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.set(false);
        }
    }
}
