package io.github.notesync.server.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches directory by directory through the JDK: inotify on Linux, where all events come through one ordered queue.
 *
 * <p>A key belongs to an inode: a directory that was renamed keeps its key, and registering it again under the new name
 * returns the same key. So a key is cancelled only while it still stands for the directory that goes.
 */
final class DirectoryWatch implements Watch {
    private final WatchService service;
    private final PulseDirectory pulses;
    private final WatchKey pulseKey;
    private final BiPredicate<String, String> interesting;
    private final Consumer<String> notice;
    private final Map<WatchKey, String> directories = new HashMap<>();
    private final Map<String, WatchKey> keys = new HashMap<>();
    private final Set<String> unwatched = new HashSet<>();

    /**
     * @param interesting whether an event of (directory, name) can matter; false for what the ignore rules exclude
     * @param notice told once, in one sentence, when the system gives no more watches
     */
    DirectoryWatch(WatchService service, Path pulses, BiPredicate<String, String> interesting, Consumer<String> notice)
            throws IOException {
        this.service = service;
        this.pulses = new PulseDirectory(pulses);
        this.pulseKey = this.pulses.path().register(service, ENTRY_CREATE);
        this.interesting = interesting;
        this.notice = notice;
    }

    @Override
    public void cover(String directory, Path onDisk) {
        try {
            // Not under the lock: the system serves several who register at once faster than one after the other.
            covered(directory, onDisk.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY));
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("limit")) {
                // Gone again, or not to be read: the scan finds that out, and its parent tells when it comes back.
                uncover(directory);
                return;
            }
            refused(directory, e);
        }
    }

    private synchronized void covered(String directory, WatchKey key) {
        String before = directories.put(key, directory);
        if (before != null && !before.equals(directory)) {
            keys.remove(before, key);
        }
        keys.put(directory, key);
        unwatched.remove(directory);
    }

    private synchronized void refused(String directory, IOException e) {
        if (unwatched.isEmpty()) {
            notice.accept("not every directory can be watched (" + e.getMessage()
                    + "): looking at all files every 2 seconds instead. Raise the limit with"
                    + " 'sudo sysctl fs.inotify.max_user_watches=524288'");
        }
        unwatched.add(directory);
    }

    @Override
    public synchronized void uncover(String directory) {
        unwatched.remove(directory);
        WatchKey key = keys.remove(directory);
        if (key != null && directories.remove(key, directory)) {
            key.cancel();
        }
    }

    @Override
    public synchronized boolean complete() {
        return unwatched.isEmpty();
    }

    @Override
    public long nextPulse() {
        return pulses.next();
    }

    @Override
    public void pulse(long number) throws IOException {
        pulses.pulse(number);
    }

    @Override
    public Hints await(long nanos) throws InterruptedException {
        try {
            WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
            if (key == null) {
                return Hints.NONE;
            }
            Collected collected = new Collected();
            while (key != null) {
                take(key, collected);
                key = service.poll();
            }
            return new Hints(collected.dirty, collected.everything, collected.pulse);
        } catch (ClosedWatchServiceException e) {
            throw new InterruptedException("the watch is closed");
        }
    }

    private static final class Collected {
        final Set<String> dirty = new HashSet<>();
        boolean everything;
        long pulse;
    }

    /** The key is reset at once: an event that comes meanwhile then queues it again, in front of any later pulse. */
    private synchronized void take(WatchKey key, Collected collected) {
        String directory = directories.get(key);
        for (WatchEvent<?> event : key.pollEvents()) {
            if (key.equals(pulseKey)) {
                collected.pulse = Math.max(collected.pulse, PulseDirectory.number(event.context()));
                collected.everything |= event.kind() == OVERFLOW;
            } else if (directory != null && matters(directory, event)) {
                collected.dirty.add(directory);
            }
        }
        if (!key.reset() && directory != null && directories.remove(key, directory)) {
            keys.remove(directory, key);
            collected.dirty.add(directory);
            collected.dirty.add(parent(directory));
        }
    }

    private boolean matters(String directory, WatchEvent<?> event) {
        @Nullable Object context = event.context();
        return event.kind() == OVERFLOW || context == null || interesting.test(directory, context.toString());
    }

    private static String parent(String directory) {
        int slash = directory.lastIndexOf('/');
        return slash < 0 ? "" : directory.substring(0, slash);
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
