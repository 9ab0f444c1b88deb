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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second, real user of this machine. Skipped where the tests may not become one: they must be root. */
class OtherUserTest {
    private static final String USER = "12345";

    @TempDir
    Path place;

    @BeforeEach
    void mayBecomeAnother() throws Exception {
        assumeTrue(asOther("true").code == 0, "only root can become another user, and setpriv is needed");
        // He may look into the place: what keeps him out is ours.
        for (Path up = place; up.getNameCount() > 1; up = up.getParent()) {
            Files.setPosixFilePermissions(up, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private record Outcome(int code, String text) {}

    private static Outcome asOther(String script, String... arguments) throws InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        command.addAll(List.of("timeout", "10", "bash", "-c", script, "bash"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes());
            return new Outcome(process.waitFor(), text.strip());
        } catch (IOException notHere) {
            return new Outcome(127, "");
        }
    }

    @Test
    void heReadsNothingOfTheStateOrTheJournalAndIsClosedTheDoorOn() throws Exception {
        Path state = place.resolve("state");
        Path root = place.resolve("replica");
        try (AgentProcess agent = AgentProcess.start(List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"), state);
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            Laptop laptop = new Laptop();
            kernel.bring(replica, laptop.put("a.py", "a\n").save(), 10_000);
            assertThat(asOther("cat \"$1\"/*.json; ls \"$1\"", state.toString()).code)
                    .isNotZero();
            assertThat(asOther("ls \"$1\"", root.resolve(".notesync").toString()).code)
                    .isNotZero();
            assertThat(asOther("touch \"$1\"/x; : >> \"$1\"/a.py", root.toString()).code)
                    .isNotZero();
            String port = Long.toString(agent.connection().integer("port"));
            for (int i = 0; i < 5; i++) {
                Outcome visit = asOther("exec 3<>/dev/tcp/127.0.0.1/$1 && head -c 1 <&3 | wc -c", port);
                assertThat(visit).as("the door is closed without a byte").isEqualTo(new Outcome(0, "0"));
                assertThat(kernel.answersPing(1_000)).isTrue();
            }
            assertThat(kernel.ask("status", JsonObject.builder())
                            .object("refused")
                            .integer("connections"))
                    .isGreaterThanOrEqualTo(5);
            assertThat(Snapshot.of(Disk.REAL, root)).isEqualTo(laptop.snapshot());
        }
    }

    @Test
    void aStateDirectoryThatHeMadeFirstIsRefused() throws Exception {
        Path open = Files.createDirectory(place.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (String make : List.of("mkdir -m 777 \"$1\"", "mkdir \"$1.his\"; ln -s \"$1.his\" \"$1\"")) {
            Path state = open.resolve("state-" + make.length());
            assertThat(asOther(make, state.toString()).code).isZero();
            try (AgentProcess agent = AgentProcess.start(state)) {
                assertThat(agent.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(agent.process().exitValue()).isEqualTo(1);
            }
            assertThat(open.resolve(state.getFileName() + ".stderr"))
                    .content()
                    .contains("the state directory " + state + " belongs to another user");
            assertThat(asOther("ls -A \"$1/\"", state.toString())).isEqualTo(new Outcome(0, ""));
        }
    }
}
