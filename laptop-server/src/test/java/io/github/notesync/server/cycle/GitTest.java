package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.GitState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** git rewrites a working tree file by file; a replica sees each checkout as one batch. */
class GitTest {
    private static final int FILES = 2_000;
    private static final int FEW = 50;

    @TempDir
    Path temporary;

    private Path root;

    /** Two branches that differ in every file. */
    private void repository(int files) throws Exception {
        root = temporary.resolve("project");
        Files.createDirectories(root);
        git("init", "-q", "-b", "main");
        commit("first", files);
        git("checkout", "-q", "-b", "other");
        commit("second", files);
    }

    private void commit(String text, int files) throws Exception {
        for (int i = 0; i < files; i++) {
            Path path = root.resolve("d" + i % 50 + "/f" + i + ".py");
            Files.createDirectories(path.getParent());
            Files.writeString(path, text + " " + i);
        }
        git("add", "-A");
        git("commit", "-q", "-m", text);
    }

    private void git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).directory(root.toFile()).inheritIO().start();
        assertThat(process.waitFor()).as(command.toString()).isZero();
    }

    @Test
    void aCheckoutOfTwoThousandFilesIsOneSequence() throws Exception {
        repository(FILES);
        try (Served served = Served.start(root, temporary.resolve("state"))) {
            git("checkout", "-q", "main");
            served.awaitFirstSequence();
            served.refresh();
            assertThat(served.sequences).hasSize(1);
            assertThat(served.sequences.get(0)).hasSize(FILES);
        }
    }

    @Test
    void aRebaseThatRewritesTwoThousandFilesTwiceIsOneSequence() throws Exception {
        repository(FILES);
        git("checkout", "-q", "main");
        Files.writeString(root.resolve("new.py"), "of main");
        commit("first", FILES);
        git("checkout", "-q", "other");
        try (Served served = Served.start(root, temporary.resolve("state"))) {
            git("rebase", "-q", "main");
            served.awaitFirstSequence();
            served.refresh();
            assertThat(served.sequences).hasSize(1);
            assertThat(served.sequences.get(0))
                    .extracting(each -> each.path().value())
                    .containsExactly("new.py");
        }
    }

    @Test
    void nothingIsCutWhileGitHoldsItsLock() throws Exception {
        repository(FEW);
        try (Served served = Served.start(root, temporary.resolve("state"))) {
            Path lock = root.resolve(".git/index.lock");
            Files.createFile(lock);
            served.write("d0/f0.py", "half of a checkout");
            served.refresh();
            assertThat(served.sequences).isEmpty();
            assertThat(served.source.state().phase()).isEqualTo(Source.Phase.HELD);
            assertThat(served.source.state().why()).contains("git");
            served.write("d1/f1.py", "the other half");
            Files.delete(lock);
            served.until(() -> !served.sequences.isEmpty(), () -> "still held");
            assertThat(served.sequences.get(0)).hasSize(2);
        }
    }

    @Test
    void aLockThatACrashedGitLeftBehindHoldsNothingForLong() throws Exception {
        repository(FEW);
        try (Served served = Served.start(root, temporary.resolve("state"))) {
            Files.createFile(root.resolve(".git/index.lock"));
            served.write("d0/f0.py", "edited");
            served.until(() -> !served.sequences.isEmpty(), () -> "held for ever");
            // By a rename: a file that is written in place is empty for a moment, and on a busy machine that is a save.
            Path written = Files.writeString(temporary.resolve("written"), "edited again");
            Files.move(written, served.path("d0/f0.py"), StandardCopyOption.ATOMIC_MOVE);
            served.refresh();
            assertThat(served.sequences).hasSize(2);
        }
    }

    @Test
    void commitBranchAndDirtAreTold() throws Exception {
        repository(FEW);
        try (Served served = Served.start(root, temporary.resolve("state"))) {
            save(served, "not committed");
            assertThat(served.source.git()).isEqualTo(new GitState(head(), "other", true));
            git("commit", "-q", "-a", "-m", "second");
            save(served, "right after a commit, before git can have answered");
            assertThat(served.source.git()).isEqualTo(new GitState(head(), "other", true));
            String last = head();
            git("pack-refs", "--all");
            save(served, "not committed either");
            assertThat(served.source.git().commit()).isEqualTo(last);
            git("checkout", "-q", "--detach");
            save(served, "on no branch");
            assertThat(served.source.git()).isEqualTo(new GitState(last, null, true));
        }
    }

    private String head() throws IOException {
        return Files.readString(root.resolve(".git/refs/heads/other")).strip();
    }

    private static void save(Served served, String text) throws Exception {
        served.write("d0/f0.py", text);
        served.refresh();
    }

    @Test
    void aRepositoryThatIsMadeWhileTheServerRunsIsNoticed() throws Exception {
        repository(FEW);
        Path plain = temporary.resolve("plain");
        Files.createDirectories(plain);
        Files.writeString(plain.resolve("a.py"), "a");
        Files.writeString(plain.resolve("b.csv"), "b");
        try (Served served = Served.start(plain, temporary.resolve("state"))) {
            root = plain;
            git("init", "-q", "-b", "main");
            Files.writeString(plain.resolve(".git/info/exclude"), "*.csv\n");
            commit("first", 1);
            served.until(
                    () -> served.source.git() != null && !served.tree().containsKey("b.csv"),
                    () -> "git " + served.source.git() + " tree " + served.tree());
            served.refresh();
            int before = served.sequences.size();
            Path lock = Files.createFile(plain.resolve(".git/index.lock"));
            served.write("a.py", "half a checkout");
            served.until(
                    () -> served.source.state().phase() == Source.Phase.HELD,
                    () -> "not held: " + served.source.state());
            assertThat(served.sequences).hasSize(before);
            Files.delete(lock);
            served.awaitDiskBut(".git", "b.csv");
        }
    }

    @Test
    void aDirectoryInsideARepositoryAndAWorktreeKnowTheirCommit() throws Exception {
        repository(FEW);
        String head = Files.readString(root.resolve(".git/refs/heads/other")).strip();
        assertThat(GitDirectory.of(root.resolve("d0"))
                        .orElseThrow()
                        .state(false)
                        .commit())
                .isEqualTo(head);
        git("worktree", "add", "-q", "-b", "third", temporary.resolve("tree").toString());
        GitState tree = GitDirectory.of(temporary.resolve("tree")).orElseThrow().state(false);
        assertThat(tree).isEqualTo(new GitState(head, "third", false));
    }
}
