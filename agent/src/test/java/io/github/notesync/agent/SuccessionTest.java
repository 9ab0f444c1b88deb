package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One agent takes over from another, and a replica from the one that was there before. */
class SuccessionTest {
    @TempDir
    Path place;

    private Path root;
    private final Laptop laptop = new Laptop();

    @BeforeEach
    void aRoot() {
        root = place.resolve("replica");
    }

    private AgentProcess start() throws Exception {
        return AgentProcess.start(place.resolve("state"));
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    private Laptop.Batch big() {
        return laptop.put("a.py", "a = 1\n")
                .put("big.bin", noise(700_000), false)
                .put("z.py", "z = 1\n")
                .save();
    }

    @Test
    void aHalfReceivedBatchGoesOnAtTheLastChunkAfterAKill() throws Exception {
        Laptop.Batch batch = big();
        try (AgentProcess agent = start();
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            assertThat(kernel.offer(replica, batch).integer("offset")).isZero();
            kernel.chunk(replica, batch, 0, 262_144);
            kernel.chunk(replica, batch, 262_144, 524_288);
            agent.kill();
        }
        assertGoesOnAt(524_288, batch);
    }

    @Test
    void aHalfReceivedBatchGoesOnAtTheLastChunkAfterTheAgentWasReplaced() throws Exception {
        Laptop.Batch batch = big();
        try (AgentProcess agent = start();
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            kernel.offer(replica, batch);
            kernel.chunk(replica, batch, 0, 262_144);
            kernel.ask("stop", JsonObject.builder().put("why", "replaced"));
            assertThat(kernel.event("leaving", 10_000).string("why")).isEqualTo("replaced");
            assertThat(agent.endsWithin(20)).isTrue();
        }
        assertGoesOnAt(262_144, batch);
    }

    @Test
    void aWholeBatchThatWaitedForACellIsThereAgainAfterAKill() throws Exception {
        Laptop.Batch batch = big();
        try (AgentProcess agent = start();
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, true).string("replica");
            kernel.offer(replica, batch);
            kernel.chunk(replica, batch, 0, 524_288);
            kernel.chunk(replica, batch, 524_288, batch.stream().length);
            assertThat(kernel.event("waiting", 10_000)).isNotNull();
            agent.kill();
        }
        try (AgentProcess agent = start();
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, true).string("replica");
            assertThat(kernel.offer(replica, batch).string("state")).isEqualTo("have");
            assertThat(kernel.event("waiting", 10_000)).isNotNull();
            kernel.ask("leave", JsonObject.builder());
            assertThat(kernel.event("applied", 10_000)).isNotNull();
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
        }
    }

    @Test
    void aKernelWithoutAWayToTheLaptopGivesUpCarryingAndStaysInItsCell() throws Exception {
        Laptop.Batch batch = laptop.put("a.py", "1\n").save();
        try (AgentProcess agent = start();
                Client first = Client.connect(agent.connection());
                Client second = Client.connect(agent.connection())) {
            String replica = first.attach(root, false).string("replica");
            second.attach(root, false);
            JsonObject.Builder carry = JsonObject.builder().put("replica", replica);
            assertThat(first.ask("carry", carry).flag("carrier")).isTrue();
            assertThat(second.ask("carry", JsonObject.builder().put("replica", replica))
                            .flag("carrier"))
                    .isFalse();
            first.ask("enter", JsonObject.builder().put("wait_ms", 2_000));
            first.offer(replica, batch);
            first.chunk(replica, batch, 0, batch.stream().length);
            assertThat(first.event("waiting", 10_000)).isNotNull();
            JsonObject.Builder giveUp =
                    JsonObject.builder().put("replica", replica).put("give_up", true);
            assertThat(first.ask("carry", giveUp).flag("carrier")).isFalse();
            assertThat(second.event("carrier", 10_000).flag("carrier")).isTrue();
            assertThat(root.resolve("a.py")).doesNotExist();
            first.ask("leave", JsonObject.builder());
            assertThat(first.event("applied", 10_000)).isNotNull();
        }
    }

    private void assertGoesOnAt(int offset, Laptop.Batch batch) throws Exception {
        try (AgentProcess agent = start();
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            JsonObject offered = kernel.offer(replica, batch);
            assertThat(offered.string("state")).isEqualTo("accept");
            assertThat(offered.integer("offset")).isEqualTo(offset);
            kernel.chunk(replica, batch, offset, batch.stream().length);
            assertThat(kernel.event("applied", 20_000)).isNotNull();
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
            assertThat(root.resolve(".notesync/incoming")).isEmptyDirectory();
        }
    }

    @Test
    void whatIsKnownOfABatchIsSaidAgainWhenItIsOfferedAgain() throws Exception {
        try (AgentProcess agent = start();
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            for (int i = 0; i < 20; i++) {
                laptop.put("f" + i, "f\n");
            }
            kernel.bring(replica, laptop.save(), 10_000);
            for (int i = 0; i < 20; i++) {
                laptop.delete("f" + i);
            }
            Laptop.Batch empties = laptop.save();
            assertThat(kernel.bring(replica, empties, 10_000).string("event")).isEqualTo("halted");
            assertThat(kernel.offer(replica, empties).string("state")).isEqualTo("have");
            JsonObject halted = kernel.event("halted", 10_000);
            assertThat(halted.integer("deletes")).isEqualTo(20);
            assertThat(halted.integer("of")).isEqualTo(20);
        }
    }

    @Test
    void aNewAgentWaitsForAKernelThatMayBeInACell() throws Exception {
        Map<String, String> before;
        // Alive, never in a hurry: stands for a kernel in the middle of a cell.
        Process busy = new ProcessBuilder("sleep", "600").start();
        try {
            try (AgentProcess agent = start();
                    Client first = Client.connect(agent.connection())) {
                String replica = first.attach(root, false).string("replica");
                first.bring(replica, laptop.put("a.py", "1\n").save(), 10_000);
                before = laptop.snapshot();
                noteDown(busy.pid());
                agent.kill();
            }
            try (AgentProcess agent = start();
                    Client idle = Client.connect(agent.connection())) {
                String replica = idle.attach(root, false).string("replica");
                Laptop.Batch batch = laptop.put("a.py", "2\n").save();
                assertThat(idle.bring(replica, batch, 1_000)).isNull();
                assertThat(idle.event("waiting", 100).strings("for")).containsExactly("process " + busy.pid());
                assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(before);
                assertThat(idle.event("applied", 10_000))
                        .as("who does not come back is not waited for for ever")
                        .isNotNull();
            }
        } finally {
            busy.destroyForcibly();
        }
    }

    private void noteDown(long pid) throws Exception {
        long started = new io.github.notesync.agent.receive.Machine().started(pid);
        Files.writeString(root.resolve(".notesync/kernels"), pid + " " + started + "\n");
    }

    @Test
    void aReplicaThatWasMadeAnewHasAnotherIdAndTheOldOneIsUnknown() throws Exception {
        try (AgentProcess agent = start();
                Client first = Client.connect(agent.connection());
                Client second = Client.connect(agent.connection())) {
            String old = first.attach(root, false).string("replica");
            first.bring(old, laptop.put("a.py", "1\n").save(), 10_000);
            try (var files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file); // The agent may be cleaning up.
                }
            }
            JsonObject attached = second.attach(root, false);
            String fresh = attached.string("replica");
            assertThat(fresh).isNotEqualTo(old);
            assertThat(attached.has("cursor")).isFalse();
            assertThat(attached.integer("entries")).isZero();
            assertThat(first.ask("history", JsonObject.builder().put("replica", old))
                            .string("code"))
                    .isEqualTo("unknown_replica");
            assertThat(second.ask("carry", JsonObject.builder().put("replica", fresh))
                            .flag("carrier"))
                    .isTrue();
            assertThat(first.attach(root, false).string("replica")).isEqualTo(fresh);
        }
    }
}
