package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.server.ignore.IgnoreRules;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories beside the project, each at a place of its own in one replica: followed like the project itself. */
class SeveralRootsTest {
    @TempDir
    Path temporary;

    private Path shared;
    private Served served;

    @BeforeEach
    void start() throws Exception {
        Path project = Files.createDirectories(temporary.resolve("project"));
        shared = Files.createDirectories(temporary.resolve("elsewhere/shared"));
        Files.createDirectories(shared.resolve("pkg"));
        Files.writeString(shared.resolve("pkg/b.py"), "b");
        Files.writeString(project.resolve("a.py"), "a");
        Files.writeString(project.resolve("notesync.toml"), "[roots]\nlib = '../elsewhere/shared'\n");
        served = Served.start(project, temporary.resolve("state"));
    }

    @AfterEach
    void stop() throws Exception {
        served.close();
    }

    private void awaitPaths(String... paths) throws Exception {
        served.until(() -> served.tree().keySet().equals(java.util.Set.of(paths)), () -> "" + served.tree());
    }

    @Test
    void eachIsAtItsPlaceAndItsSavesAreSeen() throws Exception {
        awaitPaths("a.py", "notesync.toml", "lib", "lib/pkg", "lib/pkg/b.py");
        Files.writeString(shared.resolve("pkg/b.py"), "edited");
        Files.writeString(shared.resolve("new.py"), "new");
        served.refresh();
        assertThat(served.tree())
                .containsKey("lib/new.py")
                .containsEntry("lib/pkg/b.py", DiskTree.of(shared).get("pkg/b.py"));
        assertThat(served.source.onDisk("lib/pkg/b.py")).hasContent("edited");
        Files.delete(shared.resolve("new.py"));
        served.refresh();
        assertThat(served.tree()).doesNotContainKey("lib/new.py");
    }

    @Test
    void theRulesOfOneRootHaveNoSayInAnother() throws Exception {
        Files.writeString(served.path(".gitignore"), "*.csv\n/lib/only.txt\n");
        Files.writeString(shared.resolve(".gitignore"), "/top.txt\n");
        for (String each : new String[] {"x.csv", "top.txt", "only.txt", "pkg/top.txt"}) {
            Files.writeString(shared.resolve(each), each);
        }
        served.write("x.csv", "not sent");
        served.refresh();
        assertThat(served.tree().keySet())
                .contains("lib/x.csv", "lib/only.txt", "lib/pkg/top.txt")
                .doesNotContain("x.csv", "lib/top.txt");
        IgnoreRules rules = new IgnoreRules(served.root, served.source.config());
        assertThat(rules.why("lib/top.txt", false).text())
                .isEqualTo("ignored by '/top.txt' (lib/.gitignore:1), which matches lib/top.txt");
    }

    @Test
    void aRootThatIsAwayIsAProblemAndTheReplicaKeepsIt() throws Exception {
        Path away = temporary.resolve("away");
        Files.move(shared, away);
        served.until(() -> !served.problems.isEmpty(), () -> "no problem");
        assertThat(served.problems.get(0).message()).contains("lib cannot be read", shared.toString());
        served.write("a.py", "the project goes on");
        served.refresh();
        assertThat(served.tree()).containsKey("lib/pkg/b.py");
        Files.move(away, shared);
        Files.writeString(shared.resolve("pkg/b.py"), "back, and edited");
        served.until(
                () -> served.source.findings().problems().isEmpty(),
                () -> "" + served.source.findings().problems());
        Files.writeString(shared.resolve("pkg/b.py"), "edited again");
        served.refresh();
        assertThat(served.tree())
                .containsEntry("lib/pkg/b.py", DiskTree.of(shared).get("pkg/b.py"));
    }

    @Test
    void theConfigurationMayAddMoveAndRemoveRoots() throws Exception {
        Path other = Files.createDirectories(temporary.resolve("other"));
        Files.writeString(other.resolve("c.py"), "c");
        served.write("notesync.toml", "[roots]\nlib = '../other'\nmore = '../elsewhere/shared'\n");
        awaitPaths("a.py", "notesync.toml", "lib", "lib/c.py", "more", "more/pkg", "more/pkg/b.py");
        Files.writeString(other.resolve("c.py"), "followed at once");
        served.refresh();
        assertThat(served.tree()).containsEntry("lib/c.py", DiskTree.of(other).get("c.py"));
        served.write("notesync.toml", "");
        awaitPaths("a.py", "notesync.toml");
    }

    @Test
    void whatTheProjectGetsUnderThatNameIsSaidAndNotSent() throws Exception {
        served.write("lib/mine.py", "in the way");
        served.until(() -> !served.problems.isEmpty(), () -> "no problem");
        assertThat(served.problems.get(0).code()).isEqualTo("collision");
        assertThat(served.tree()).containsKey("lib/pkg/b.py").doesNotContainKey("lib/mine.py");
    }

    @Test
    void gitInAnyRootHoldsTheBatch() throws Exception {
        Path lock = shared.resolve(".git/index.lock");
        Files.createDirectories(lock.getParent());
        Files.createFile(lock);
        Files.writeString(shared.resolve("pkg/b.py"), "half a checkout");
        served.until(() -> served.source.state().phase() == Source.Phase.HELD, () -> "" + served.source.state());
        Files.delete(lock);
        served.until(() -> served.source.state().phase() == Source.Phase.READY, () -> "" + served.source.state());
        served.refresh();
        assertThat(served.tree())
                .containsEntry("lib/pkg/b.py", DiskTree.of(shared).get("pkg/b.py"));
    }
}
