package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.agent.testing.FaultyDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rehearsal does what it is for, and leaves nothing, whatever happens to it. */
class RehearsalTest {
    private static final String MACHINE = "0123456789abcdef";
    private static final String NAME = "rehearsal-" + MACHINE;

    @TempDir
    Path place;

    private Path state;
    private Path replica;

    @BeforeEach
    void make() throws IOException {
        state = Files.createDirectory(place.resolve("state"));
        replica = state.resolve(NAME);
    }

    private void perform(Disk disk) throws Exception {
        new Rehearsal(disk, new Settings(state, 0, 20, 1 << 20), MACHINE).perform();
    }

    @Test
    void aBatchOfManyFilesIsApplied() throws Exception {
        List<String> moments = moments();
        assertThat(moments).filteredOn(moment -> moment.startsWith("create")).hasSizeGreaterThan(60);
        assertThat(moments)
                .filteredOn(moment -> moment.startsWith("rename") && moment.endsWith("/" + NAME + "/package_2_100"))
                .hasSize(1);
        assertThat(state).isEmptyDirectory();
    }

    private List<String> moments() throws Exception {
        FaultyDisk disk = new FaultyDisk(Disk.REAL);
        perform(disk);
        return disk.moments();
    }

    @Test
    void aDiskThatRefusesAnythingIsLeftClean() throws Exception {
        int number = moments().size() - 1;
        for (; number > 0; number = number * 3 / 4) {
            FaultyDisk disk = new FaultyDisk(Disk.REAL);
            disk.failAt(number, "No space left on device");
            try {
                perform(disk);
            } catch (IOException e) {
                assertThat(e).hasMessageMatching(".*(No space left on device|disk_full).*");
            }
            String moment = disk.moments().get(Math.min(number, disk.moments().size() - 1));
            if (!moment.startsWith("unlink") && !moment.startsWith("rmdir")) {
                assertThat(replica).as("after %s", moment).doesNotExist();
            }
            perform(Disk.REAL);
            assertThat(state).isEmptyDirectory();
        }
    }

    @Test
    void whatAKilledOneLeftIsDeletedButNotWhatItsLinksPointAt() throws Exception {
        Path precious = Files.writeString(
                Files.createDirectory(place.resolve("outside")).resolve("file"), "mine");
        Path stage = Files.createDirectories(replica.resolve(".notesync/tx/0000000001/stage"));
        Files.writeString(stage.resolve("0"), "half");
        Files.createSymbolicLink(stage.resolve("1"), precious.getParent());
        perform(Disk.REAL);
        assertThat(state).isEmptyDirectory();
        assertThat(precious).hasContent("mine");
    }

    @Test
    void whatAnotherMachineLeftIsDeletedOnceNobodyCanBeAtWorkThere() throws Exception {
        Path atWork = Files.createDirectory(state.resolve("rehearsal-1"));
        Path abandoned = Files.createDirectory(state.resolve("rehearsal-2"));
        Path another = Files.createDirectory(state.resolve("replicas"));
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
        Files.setLastModifiedTime(abandoned, longAgo);
        Files.setLastModifiedTime(another, longAgo);
        perform(Disk.REAL);
        assertThat(directories()).containsExactlyInAnyOrder(atWork, another);
    }

    @Test
    void anAgentThatIsToldToLeaveTakesItWithIt() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (AgentProcess agent = AgentProcess.start(state)) {
                Thread.sleep(i * 60L);
                agent.signal("TERM");
                assertThat(agent.endsWithin(20)).isTrue();
                assertThat(directories()).isEmpty();
            }
        }
    }

    @Test
    void anAgentThatIsKilledWithinItIsFollowedByOneThatServes() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (AgentProcess agent = AgentProcess.start(state)) {
                Thread.sleep(i * 60L);
                agent.kill();
            }
        }
        try (AgentProcess agent = AgentProcess.start(state);
                Client kernel = Client.connect(agent.connection())) {
            assertThat(kernel.answersPing(5_000)).isTrue();
            while (!directories().isEmpty()) {
                assertThat(agent.process().isAlive()).isTrue();
                Thread.sleep(20);
            }
        }
        assertThat(place.resolve("state.stderr")).content().doesNotContain("no rehearsal");
    }

    private List<Path> directories() throws IOException {
        try (var files = Files.list(state)) {
            return files.filter(Files::isDirectory).toList();
        }
    }
}
