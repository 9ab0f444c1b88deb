package io.github.notesync.agent;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.log.Log;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Applies two small batches of its own making to a replica of its own, and deletes that again. A JVM interprets what it
 * runs for the first time, and compiles it meanwhile: a third of the CPU of a first sync. Done right after the start, that
 * is over when the user has typed a pairing code. Nothing depends on it: where it fails, a first sync is slower.
 */
final class Rehearsal {
    /** The packages of each batch: the second is as long as those that several threads unpack. */
    private static final int[] PACKAGES = {2, 15};
    /** A disk that takes longer for the first is too slow for the second. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    private static final String PREFIX = "rehearsal-";
    private static final long ABANDONED_SECONDS = TimeUnit.DAYS.toSeconds(1);
    private static final long STAGED_WITHIN_SECONDS = 10;
    private static final long ENDS_WITHIN_MILLIS = 2_000;

    private final Disk disk;
    private final Settings settings;
    private final String name;
    private final Thread thread = new Thread(this::run, "rehearsal");
    /** What the replica does on its own thread, which is this one. */
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    private boolean staged;
    private @Nullable String refused;
    private volatile boolean ended;

    /** @param machine whose agent alone uses the directory of this name, in a state directory that machines may share */
    Rehearsal(Disk disk, Settings settings, String machine) {
        this.disk = disk;
        this.settings = settings;
        this.name = PREFIX + machine;
    }

    /** Begins, on a thread of its own. */
    void begin() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends it, and returns when its files are gone; on a disk that hangs the next start deletes them. */
    void end() {
        ended = true;
        try {
            thread.join(ENDS_WITHIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            perform();
        } catch (IOException | RuntimeException e) {
            Log.line("no rehearsal: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The whole rehearsal, on this thread. Deletes first what an earlier one left that was killed. */
    void perform() throws IOException, InterruptedException {
        try (Directory state = disk.open(settings.state())) {
            deleteLeft(state);
            try {
                state.makeDirectory(name, true);
                play(settings.state().resolve(name));
            } finally {
                Workspace.deleteAll(state, name);
            }
        }
    }

    /** Also of a machine that has another name since, as each start gives it one. */
    private void deleteLeft(Directory state) throws IOException {
        long now = System.currentTimeMillis() / 1_000;
        for (String each : state.list()) {
            Stat there = each.startsWith(PREFIX) ? state.stat(each) : null;
            if (there != null && (each.equals(name) || now - there.modifiedSecond() > ABANDONED_SECONDS)) {
                Workspace.deleteAll(state, each);
            }
        }
    }

    private void play(Path root) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        // Nothing is made durable.
        Replica.Surroundings around =
                new Replica.Surroundings(disk, name, settings, tasks::add, task -> {}, this::hear, () -> staged = true);
        try (Replica replica = Replica.open(root, around)) {
            for (int packages : PACKAGES) {
                if (!ended && System.nanoTime() - begun < SLOW_NANOS) {
                    bring(RehearsalBatch.make(packages, replica.index()), replica);
                }
            }
        }
    }

    private void hear(String event, JsonObject.Builder fields) {
        if (event.equals("refused")) {
            refused = fields.build().toString();
        }
    }

    private void bring(RehearsalBatch batch, Replica replica) throws IOException, InterruptedException {
        Intake intake = replica.intake();
        staged = false;
        intake.offer(batch.descriptor());
        // In two chunks, as only what comes in one is unpacked without threads.
        byte[] stream = batch.stream();
        int half = stream.length / 2;
        intake.chunk(batch.descriptor().batch(), 0, Arrays.copyOf(stream, half), false);
        intake.chunk(batch.descriptor().batch(), half, Arrays.copyOfRange(stream, half, stream.length), true);
        while (!staged && refused == null) {
            Runnable task = tasks.poll(STAGED_WITHIN_SECONDS, TimeUnit.SECONDS);
            if (task == null) {
                throw new IOException("a batch was not staged within " + STAGED_WITHIN_SECONDS + " s");
            }
            task.run();
        }
        replica.applyStaged(false);
        if (refused != null) {
            throw new IOException("a batch was refused: " + refused);
        }
    }
}
