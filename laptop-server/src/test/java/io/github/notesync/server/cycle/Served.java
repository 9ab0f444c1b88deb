package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.server.config.ConfigReader;
import io.github.notesync.server.scan.Difference;
import io.github.notesync.server.scan.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A source on a real disk with a running cycle; what it told, and ways to wait for it. */
public final class Served implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 40_000;

    public final Path root;
    public final Cycle cycle;
    public final Source source;
    final List<List<Difference>> sequences = new CopyOnWriteArrayList<>();
    final List<Problem> problems = new CopyOnWriteArrayList<>();
    final List<String> notices = new CopyOnWriteArrayList<>();
    private final CountDownLatch ready = new CountDownLatch(1);

    private Served(Path root, Path state) throws Exception {
        this.root = root;
        this.cycle = Cycle.open(root, ConfigReader.read(root), StateDirectory.open(state, root), new Told());
        this.source = cycle.source();
    }

    /** Starts on a directory and waits for the first scan. */
    public static Served start(Path root, Path state) throws Exception {
        Files.createDirectories(root);
        Served served = new Served(root, state);
        served.cycle.start();
        if (!served.ready.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the first scan does not end; notices: " + served.notices);
        }
        return served;
    }

    Map<String, String> tree() {
        return DiskTree.of(source.history());
    }

    /** Waits until the history is what the disk holds. */
    void awaitDisk() throws Exception {
        Map<String, String> disk = DiskTree.of(root);
        until(() -> tree().equals(disk), () -> "history " + tree() + "\nis not disk " + disk);
    }

    /** The same, where some names at the top are ignored. */
    void awaitDiskBut(String... ignored) throws Exception {
        Map<String, String> disk = DiskTree.of(root);
        disk.keySet().removeIf(path -> List.of(ignored).contains(path.split("/", 2)[0]));
        until(() -> tree().equals(disk), () -> "history " + tree() + "\nis not disk " + disk);
    }

    void awaitFirstSequence() throws InterruptedException {
        until(() -> !sequences.isEmpty(), () -> "nothing seen");
    }

    void until(BooleanSupplier condition, Supplier<String> otherwise) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!condition.getAsBoolean()) {
            if (System.currentTimeMillis() > end) {
                throw new AssertionError(otherwise.get() + "\nnotices " + notices);
            }
            source.history().awaitNewer(source.history().cursor(), 50);
        }
    }

    /** What the disk holds now is in the history afterwards, without any further wait. */
    void refresh() throws Exception {
        if (!source.refresh(PATIENCE_MILLIS)) {
            throw new AssertionError("the cycle does not answer; notices " + notices);
        }
    }

    /** Begins such a look and does not care what comes of it. */
    void look() {
        try {
            source.refresh(1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Path path(String name) {
        return root.resolve(name);
    }

    void write(String name, String text) throws Exception {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
    }

    @Override
    public void close() throws IOException {
        cycle.close();
    }

    private final class Told implements Listener {
        @Override
        public void ready() {
            ready.countDown();
        }

        @Override
        public void sequence(Cursor cursor, List<Difference> differences, long millis) {
            sequences.add(differences);
        }

        @Override
        public void problem(Problem problem) {
            problems.add(problem);
        }

        @Override
        public void notice(String text) {
            notices.add(text);
        }

        @Override
        public void read(long files, long bytes, long ofFiles, long ofBytes) {
            // Nobody looks at the progress here.
        }
    }
}
