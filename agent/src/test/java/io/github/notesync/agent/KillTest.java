package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.QuirkyMount;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of a real agent at random instants while it applies one batch after another. A slice of it here; the
 * long run is {@code mvn -pl agent -am test -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false -Dnotesync.kills=1000};
 * with {@code -Dnotesync.quirk=volumes} too, on a mount that has no rename, no links and no times.
 */
@Timeout(4 * 3600)
class KillTest {
    private static final int KILLS = Integer.getInteger("notesync.kills", 8);

    @TempDir
    Path place;

    private final Laptop laptop = new Laptop();
    private final Map<Long, Map<String, String>> snapshots = new TreeMap<>();
    private final Map<Long, Laptop.Batch> batches = new TreeMap<>();
    private final Random random = new Random(Long.getLong("notesync.seed", 42));

    @Test
    void afterEveryKillTheReplicaIsAtOneSequenceWithoutLitter() throws Exception {
        String quirk = System.getProperty("notesync.quirk");
        if (quirk == null) {
            killAgain(place.resolve("replica"));
        } else {
            try (QuirkyMount mount = QuirkyMount.of(place, quirk)) {
                killAgain(mount.path().resolve("replica"));
            }
        }
    }

    private void killAgain(Path root) throws Exception {
        snapshots.put(0L, Map.of());
        int killedAtWork = 0;
        for (int kill = 0; kill <= KILLS; kill++) {
            try (AgentProcess agent = AgentProcess.start(place.resolve("state"));
                    Client kernel = Client.connect(agent.connection())) {
                assertThat(agent.line().string("state")).isEqualTo("ready");
                JsonObject attached = kernel.ask(
                        "attach",
                        JsonObject.builder().put("root", root.toString()).put("project", "p"));
                long sequence = attached.has("cursor")
                        ? Cursor.fromJson(attached.object("cursor")).sequence()
                        : 0;
                assertThat(seen(Snapshot.of(Disk.REAL, root)))
                        .as("after kill " + kill + ", recovered: " + attached.string("recovered"))
                        .isEqualTo(seen(snapshots.get(sequence)));
                assertThat(settled(kernel)).isTrue();
                assertThat(Notebook.litter(Disk.REAL, root))
                        .as("after kill " + kill)
                        .isEmpty();
                if (kill < KILLS && !workUntilKilled(agent, kernel, attached.string("replica"), sequence)) {
                    killedAtWork++;
                }
                if (kill > 0 && kill % 50 == 0) {
                    System.out.println(kill + " kills, " + killedAtWork + " of them at work, nothing broken");
                }
            }
        }
        System.out.println("kills at work: " + killedAtWork + " of " + KILLS);
        assertThat(killedAtWork).isPositive();
    }

    /** Whether the agent had nothing to do when it was killed. */
    private boolean workUntilKilled(AgentProcess agent, Client kernel, String replica, long sequence) throws Exception {
        long delay = random.nextInt(400);
        AtomicBoolean working = new AtomicBoolean(true);
        Thread killer = new Thread(() -> {
            try {
                Thread.sleep(delay);
                agent.kill();
                working.set(false);
                kernel.leaveAlone();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        killer.start();
        long next = sequence + 1;
        JsonObject end = JsonObject.builder().build();
        while (end != null && working.get()) {
            Laptop.Batch batch = batches.computeIfAbsent(next, this::edit);
            end = kernel.bring(replica, batch, working.get() ? 1_000 : 10);
            next++;
        }
        killer.join();
        return end != null;
    }

    /** A mount without modes shows one mode for all. */
    private static Map<String, String> seen(Map<String, String> snapshot) {
        Map<String, String> seen = new TreeMap<>(snapshot);
        if (System.getProperty("notesync.quirk") != null) {
            seen.replaceAll((path, what) -> what.replace(" x", ""));
        }
        return seen;
    }

    private Laptop.Batch edit(long sequence) {
        String directory = "d" + sequence % 7;
        if (sequence == 1) {
            for (int i = 0; i < 7; i++) {
                laptop.mkdir("d" + i);
            }
        }
        for (int i = 0; i < 20; i++) {
            laptop.put(directory + "/f" + i + ".py", "f = " + random.nextInt() + "\n");
        }
        if (sequence > 7) {
            laptop.delete("d" + (sequence + 3) % 7 + "/g.py").put(directory + "/f0.py", "#!\n".getBytes(), true);
        }
        if (sequence > 3) {
            laptop.put("d" + (sequence + 6) % 7 + "/h", new byte[random.nextInt(60_000)], false);
        }
        laptop.put("d" + sequence % 7 + "/g.py", "g\n");
        // A directory that comes whole, and one that goes.
        String whole = "whole" + sequence;
        laptop.mkdir(whole).mkdir(whole + "/deep").put(whole + "/w.py", "w = " + sequence + "\n");
        for (int i = 0; i < 10; i++) {
            laptop.put(whole + "/deep/f" + i + ".py", "f = " + random.nextInt() + "\n");
        }
        if (sequence > 2) {
            String gone = "whole" + (sequence - 2);
            for (int i = 0; i < 10; i++) {
                laptop.delete(gone + "/deep/f" + i + ".py");
            }
            laptop.delete(gone + "/w.py").delete(gone + "/deep").delete(gone);
        }
        Laptop.Batch batch = laptop.save();
        snapshots.put(sequence, laptop.snapshot());
        return batch;
    }

    private static boolean settled(Client kernel) throws Exception {
        for (int i = 0; i < 2_000; i++) {
            JsonObject status = kernel.ask("status", JsonObject.builder());
            if (status.objects("replicas").get(0).flag("settled")) {
                return true;
            }
        }
        return false;
    }
}
