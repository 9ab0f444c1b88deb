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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real agent comes, serves and goes. */
class LifeTest {
    @TempDir
    Path place;

    private Path state() {
        return place.resolve("state");
    }

    @Test
    void stateFilesAreForThisUserOnlyWhateverTheUmask() throws Exception {
        Path root = place.resolve("replica");
        List<String> openToAll = List.of("sh", "-c", "umask 000; exec \"$@\"", "sh");
        try (AgentProcess agent = AgentProcess.start(openToAll, state());
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.ask(
                            "attach",
                            JsonObject.builder().put("root", root.toString()).put("project", "p"))
                    .string("replica");
            Laptop laptop = new Laptop();
            laptop.put("a.py", "a\n").put("run", "x".getBytes(), true).mkdir("d");
            assertThat(kernel.bring(replica, laptop.save(), 10_000).string("event"))
                    .isEqualTo("applied");
            assertThat(mode(state())).isEqualTo("rwx------");
            try (var files = Files.list(state())) {
                assertThat(files.toList())
                        .hasSizeGreaterThan(1)
                        .allMatch(file -> mode(file).equals("rw-------"));
            }
            assertThat(mode(root.resolve(".notesync"))).isEqualTo("rwx------");
            assertThat(mode(root.resolve("a.py"))).isEqualTo("rw-r--r--");
            assertThat(mode(root.resolve("run"))).isEqualTo("rwxr-xr-x");
            assertThat(mode(root.resolve("d"))).isEqualTo("rwxr-xr-x");
        }
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void ofFiveRacingStartsOneServes() throws Exception {
        List<CompletableFuture<AgentProcess>> starts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            starts.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return AgentProcess.start(state());
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }
        int ready = 0;
        for (CompletableFuture<AgentProcess> start : starts) {
            AgentProcess agent = start.get();
            if (agent.line().string("state").equals("ready")) {
                ready++;
            } else {
                assertThat(agent.line().string("state")).isEqualTo("serving");
                assertThat(agent.endsWithin(10)).isTrue();
                assertThat(agent.process().exitValue()).isZero();
            }
        }
        for (CompletableFuture<AgentProcess> start : starts) {
            start.get().close();
        }
        assertThat(ready).isEqualTo(1);
    }

    @Test
    void anInterruptIsIgnoredAndATerminationIsClean() throws Exception {
        try (AgentProcess agent = AgentProcess.start(state())) {
            agent.signal("INT");
            try (Client kernel = Client.connect(agent.connection())) {
                assertThat(kernel.answersPing(5_000)).isTrue();
            }
            agent.signal("TERM");
            assertThat(agent.endsWithin(20)).isTrue();
            try (var files = Files.list(state())) {
                assertThat(files.filter(file -> file.toString().endsWith(".json")))
                        .isEmpty();
            }
        }
    }

    @Test
    void itLeavesWhenItsStateDirectoryIsGone() throws Exception {
        try (AgentProcess agent = AgentProcess.start(state())) {
            try (var files = Files.walk(state())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            assertThat(agent.endsWithin(20)).isTrue();
        }
    }

    @Test
    void itLeavesWhenNoKernelNeedsIt() throws Exception {
        try (AgentProcess agent = AgentProcess.start(state(), "--idle-minutes", "0")) {
            assertThat(agent.endsWithin(20)).isTrue();
        }
    }

    @Test
    void aDeletedConnectionFileComesBack() throws Exception {
        try (AgentProcess agent = AgentProcess.start(state())) {
            Path file = state().resolve(onlyJson());
            Files.delete(file);
            for (int i = 0; i < 100 && !Files.exists(file); i++) {
                agent.endsWithin(0);
                Thread.onSpinWait();
                java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
            }
            assertThat(file).exists();
        }
    }

    private String onlyJson() throws Exception {
        try (var files = Files.list(state())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aMissingOptionIsOneSentenceAndStatusOne() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.github.notesync.agent.Main",
                        "--idle-minutes",
                        "x",
                        "--state",
                        state().toString())
                .start();
        String error = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(error).isEqualTo("notesync: option --idle-minutes takes a number, not 'x'\n");
    }

    @Test
    void twoKernelsShareAReplicaAndABatchWaitsForTheCellOfOne() throws Exception {
        Path root = place.resolve("replica");
        try (AgentProcess agent = AgentProcess.start(state());
                Client first = Client.connect(agent.connection());
                Client second = Client.connect(agent.connection())) {
            JsonObject.Builder attach =
                    JsonObject.builder().put("root", root.toString()).put("project", "p");
            String replica = first.ask("attach", attach).string("replica");
            assertThat(second.ask("attach", attach).string("replica")).isEqualTo(replica);
            Laptop laptop = new Laptop();
            assertThat(first.bring(replica, laptop.put("a.py", "1\n").save(), 10_000)
                            .string("event"))
                    .isEqualTo("applied");
            second.ask("enter", JsonObject.builder());
            var before = Snapshot.of(Disk.REAL, root);
            assertThat(first.bring(replica, laptop.put("a.py", "2\n").save(), 1_000))
                    .as("nothing is applied while a cell runs")
                    .isNull();
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(before);
            second.ask("leave", JsonObject.builder());
            first.ask("ping", JsonObject.builder());
            second.ask("enter", JsonObject.builder());
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
            // The first does not leave its cell: whoever enters waits for it, but not for ever.
            first.bring(replica, laptop.put("a.py", "3\n").save(), 500);
            JsonObject entered = first.ask("enter", JsonObject.builder().put("wait_ms", 200));
            assertThat(entered.objects("replicas").get(0).object("cursor").integer("sequence"))
                    .isEqualTo(3);
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
        }
    }
}
