package io.github.notesync.server.watch;

import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Watches a whole tree through one key: Windows with its file-tree modifier, macOS with FSEvents.
 *
 * <p>Events say only which directory to look at. They have no order in common with anything, so there are no pulses.
 */
final class TreeWatch implements Watch {
    private final WatchService service;
    private final Path root;

    /** @param service already watching everything below {@code root} */
    TreeWatch(WatchService service, Path root) {
        this.service = service;
        this.root = root;
    }

    @Override
    public void cover(String directory, Path onDisk) {
        // The one key covers every directory.
    }

    @Override
    public void uncover(String directory) {
        // As above.
    }

    @Override
    public boolean complete() {
        return true;
    }

    @Override
    public long nextPulse() {
        return 0;
    }

    @Override
    public void pulse(long number) {
        // Events have no order here.
    }

    @Override
    public Hints await(long nanos) throws InterruptedException {
        try {
            WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
            if (key == null) {
                return Hints.NONE;
            }
            Set<String> dirty = new HashSet<>();
            boolean everything = false;
            while (key != null) {
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.kind() == OVERFLOW || !(event.context() instanceof Path changed)) {
                        everything = true;
                    } else {
                        dirty.add(directoryOf(changed));
                    }
                }
                everything |= !key.reset();
                key = service.poll();
            }
            return new Hints(dirty, everything, 0);
        } catch (ClosedWatchServiceException e) {
            throw new InterruptedException("the watch is closed");
        }
    }

    private String directoryOf(Path changed) {
        Path parent = root.relativize(root.resolve(changed)).getParent();
        return parent == null ? "" : parent.toString().replace('\\', '/');
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the watch cannot be closed", e);
        }
    }
}
