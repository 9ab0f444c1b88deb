package io.github.notesync.server.watch;

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
import java.util.function.Consumer;

/**
 * Watches whole trees, each through one key: Windows with its file-tree modifier, macOS with FSEvents.
 *
 * <p>Events say only which directory to look at. They have no order in common with anything, so there are no pulses.
 */
final class TreeWatch implements Watch {
    private final WatchService service;
    private final Registrar registrar;
    private final Consumer<String> notice;
    private final Map<WatchKey, Tree> trees = new HashMap<>();
    private final Set<String> unwatched = new HashSet<>();

    /** Begins to watch everything below a directory. */
    interface Registrar {
        WatchKey register(Path top) throws IOException;
    }

    /** What one key watches: a directory of the source, and where it is. */
    private record Tree(String directory, Path top) {}

    /** @param notice told in one sentence when a tree can be watched only by the clock */
    TreeWatch(WatchService service, Registrar registrar, Consumer<String> notice) {
        this.service = service;
        this.registrar = registrar;
        this.notice = notice;
    }

    @Override
    public synchronized void cover(String directory, Path onDisk) {
        if (trees.values().stream().anyMatch(each -> onDisk.startsWith(each.top()))) {
            return;
        }
        try {
            trees.put(registrar.register(onDisk), new Tree(directory, onDisk));
            unwatched.remove(directory);
        } catch (IOException e) {
            if (unwatched.add(directory)) {
                notice.accept(onDisk + " cannot be watched (" + e.getMessage()
                        + "): looking at all files every 2 seconds instead");
            }
        }
    }

    @Override
    public synchronized void uncover(String directory) {
        unwatched.remove(directory);
        trees.entrySet().removeIf(each -> {
            boolean goes = each.getValue().directory().equals(directory);
            if (goes) {
                each.getKey().cancel();
            }
            return goes;
        });
    }

    @Override
    public synchronized boolean complete() {
        return unwatched.isEmpty();
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
                everything |= take(key, dirty);
                key = service.poll();
            }
            return new Hints(dirty, everything, 0);
        } catch (ClosedWatchServiceException e) {
            throw new InterruptedException("the watch is closed");
        }
    }

    /** Returns whether events were lost. A tree whose key has ended is watched anew when it is next covered. */
    private synchronized boolean take(WatchKey key, Set<String> dirty) {
        Tree tree = trees.get(key);
        boolean lost = tree == null;
        for (WatchEvent<?> event : key.pollEvents()) {
            if (tree != null && event.kind() != OVERFLOW && event.context() instanceof Path changed) {
                dirty.add(directoryOf(tree, changed));
            } else {
                lost = true;
            }
        }
        if (!key.reset()) {
            trees.remove(key);
            lost = true;
        }
        return lost;
    }

    private static String directoryOf(Tree tree, Path changed) {
        Path parent = tree.top().relativize(tree.top().resolve(changed)).getParent();
        String inside = parent == null ? "" : parent.toString().replace('\\', '/');
        return inside.isEmpty() || tree.directory().isEmpty()
                ? tree.directory() + inside
                : tree.directory() + "/" + inside;
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
