package io.github.notesync.agent;

import io.github.notesync.agent.apply.Applier;
import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A replica without an agent around it: everything happens at once, on the thread of the test. */
final class Notebook implements AutoCloseable {
    final Disk disk;
    final Path root;
    final List<JsonObject> events = new ArrayList<>();
    final Replica replica;
    boolean broken;

    private Notebook(Disk disk, Path root, String boot, int historyCount, long historyBytes) throws IOException {
        this.disk = disk;
        this.root = root;
        Settings settings = new Settings(Path.of("/nowhere"), 0, historyCount, historyBytes);
        this.replica = Replica.open(
                root,
                new Replica.Surroundings(disk, boot, settings, Runnable::run, Runnable::run, this::hear, this::apply));
    }

    static Notebook open(Disk disk, Path root) {
        return open(disk, root, "boot-1");
    }

    /** Opens the replica as an agent does, in the start of the machine that {@code boot} names. */
    static Notebook open(Disk disk, Path root, String boot) {
        return open(disk, root, boot, 20, 1L << 30);
    }

    /** Opens the replica with a history of that many sequences, or bytes. */
    static Notebook open(Disk disk, Path root, int historyCount, long historyBytes) {
        return open(disk, root, "boot-1", historyCount, historyBytes);
    }

    private static Notebook open(Disk disk, Path root, String boot, int historyCount, long historyBytes) {
        try {
            return new Notebook(disk, root, boot, historyCount, historyBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hear(String event, JsonObject.Builder fields) {
        events.add(fields.put("event", event).build());
    }

    private void apply() {
        try {
            replica.applyStaged(false);
        } catch (Applier.Broken e) {
            broken = true;
        }
    }

    /** Offers a batch and sends all of it; returns the event that ended it. */
    JsonObject bring(Laptop.Batch batch) {
        return bring(batch, Integer.MAX_VALUE);
    }

    /** The same, in chunks of {@code size} bytes. */
    JsonObject bring(Laptop.Batch batch, int size) {
        events.clear();
        try {
            replica.intake().offer(batch.descriptor());
            int length = batch.stream().length;
            for (int at = 0; at < length || at == 0; at += size) {
                int end = (int) Math.min((long) at + size, length);
                byte[] bytes = java.util.Arrays.copyOfRange(batch.stream(), at, end);
                replica.intake().chunk(batch.descriptor().batch(), at, bytes, end == length);
                if (end == length) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events.get(events.size() - 1);
    }

    Map<String, String> snapshot() {
        return Story.withoutStaleBytecode(Snapshot.of(disk, root));
    }

    /** What is left below {@code .notesync} that has no business there once all is quiet. */
    static List<String> litter(Disk disk, Path root) {
        List<String> litter = new ArrayList<>();
        try (Directory tree = disk.open(root);
                Directory home = tree.open(".notesync")) {
            for (String name : home.list()) {
                if (!List.of(
                                "format",
                                "history",
                                "incoming",
                                "index",
                                "kept",
                                "kernels",
                                "lock",
                                "scratch",
                                "tx",
                                "held")
                        .contains(name)) {
                    litter.add(name);
                }
            }
            for (String name : List.of("tx", "scratch", "incoming")) {
                try (Directory directory = home.open(name)) {
                    directory.list().forEach(each -> litter.add(name + "/" + each));
                }
            }
            try (Directory kept = home.open("kept")) {
                for (String item : kept.list()) {
                    try (Directory directory = kept.open(item)) {
                        if (!directory.list().contains("content")) {
                            litter.add("kept/" + item);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return litter;
    }

    static String code(JsonObject event) {
        try {
            return event.string("event").equals("refused") ? event.string("code") : event.string("event");
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        replica.close();
    }
}
