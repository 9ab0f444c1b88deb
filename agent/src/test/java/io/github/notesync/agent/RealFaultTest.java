package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a real machine: a disk that is full, calls that the C library is made to fail. Every moment: {@code DiskErrorTest}. */
@Timeout(180)
class RealFaultTest {
    @TempDir
    Path place;

    private final Laptop laptop = new Laptop();

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException notHere) {
            return 127;
        }
    }

    private static byte[] noise(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aFullDiskRefusesTheBatchAndTheNextOneThatFitsIsTaken() throws Exception {
        Path disk = Files.createDirectory(place.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()) == 0,
                "only root can mount a small disk");
        Path root = disk.resolve("replica");
        try (AgentProcess agent = AgentProcess.start(place.resolve("state"));
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            kernel.bring(replica, laptop.put("a.py", "a = 1\n").save(), 20_000);
            Map<String, String> before = Snapshot.of(Disk.REAL, root);
            Laptop other = new Laptop();
            for (int size : new int[] {3 << 20, 2 << 20}) {
                Laptop.Batch big =
                        other.put("big.bin", noise(size, size), false).save(true);
                JsonObject end = kernel.bring(replica, big, 20_000);
                assertThat(end.string("event")).isEqualTo("refused");
                assertThat(end.string("code")).isEqualTo("disk_full");
                assertThat(end.string("path")).isEqualTo(root.toString());
                assertThat(end.string("message"))
                        .startsWith(root + ": the disk of the notebook machine is full (1 MB are free)");
                assertThat(end.string("remedy")).contains("free some space");
                assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(before);
            }
            JsonObject end = kernel.bring(replica, laptop.put("b.py", "b = 1\n").save(), 20_000);
            assertThat(end.string("event")).isEqualTo("applied");
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void forcesThatFailNowAndThenLoseNothing() throws Exception {
        assumeTrue(run("fiu-run", "-x", "true") == 0, "fiu-run is not here");
        Path root = place.resolve("replica");
        int refused = 0;
        try (AgentProcess agent = AgentProcess.start(List.of("fiu-run", "-x"), place.resolve("state"));
                Client kernel = Client.connect(agent.connection())) {
            long pid = agent.connection().integer("pid");
            String replica = kernel.attach(root, false).string("replica");
            kernel.bring(replica, laptop.put("a.py", "a = 0\n").mkdir("d").save(), 20_000);
            Map<String, String> before = laptop.snapshot();
            Laptop.Batch batch =
                    laptop.put("a.py", "a = 1\n").put("d/b.py", "b\n").save();
            for (int round = 1; round <= 40; round++) {
                control(pid, "enable_random name=posix/io/sync/fsync,probability=0.15,failinfo=5");
                JsonObject end = kernel.bring(replica, batch, 20_000);
                assertThat(end).as("round " + round).isNotNull();
                if (end.string("event").equals("applied")) {
                    before = laptop.snapshot();
                    batch = laptop.put("a.py", "a = " + round + "\n")
                            .put("d/b" + round, "b\n")
                            .save();
                } else {
                    refused++;
                    assertThat(end.string("code")).isEqualTo("io_error");
                    assertThat(end.string("path")).startsWith(root.toRealPath().toString());
                }
                assertThat(Snapshot.of(Disk.REAL, root)).as("round " + round).isEqualTo(before);
            }
            control(pid, "disable name=posix/io/sync/fsync");
            assertThat(kernel.bring(replica, batch, 20_000).string("event")).isEqualTo("applied");
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
        }
        assertThat(refused).isBetween(3, 39);
    }

    private static void control(long pid, String command) throws InterruptedException {
        assertThat(run("fiu-ctrl", "-c", command, Long.toString(pid))).isZero();
    }
}
