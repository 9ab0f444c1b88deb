package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every force that the journal relies on is a system call of the real agent, and in the order of {@code JOURNAL.md}: as
 * {@code strace} saw it. What these calls are good for is proved by {@code PowerCutTest}.
 */
class FsyncOrderTest {
    @TempDir
    Path place;

    private Path root;
    private List<String> calls;

    /** Brings the first batch unseen, and traces the second. */
    private void trace(Laptop laptop, Runnable edit) throws Exception {
        root = Files.createDirectory(place.resolve("replica")).toRealPath();
        Path file = place.resolve("trace");
        List<String> strace = List.of(
                "strace",
                "-f",
                "-y",
                "-s",
                "300",
                "-e",
                "trace=fsync,fdatasync,syncfs,openat,rename,renameat,renameat2",
                "-o",
                file.toString());
        assumeTrue(canTrace(), "strace is not here, or may not trace");
        try (AgentProcess agent = AgentProcess.start(strace, place.resolve("state"));
                Client kernel = Client.connect(agent.connection())) {
            String replica = kernel.attach(root, false).string("replica");
            assertThat(kernel.bring(replica, laptop.save(), 30_000).string("event"))
                    .isEqualTo("applied");
            settle(kernel);
            int before = Files.readAllLines(file).size();
            edit.run();
            assertThat(kernel.bring(replica, laptop.save(), 30_000).string("event"))
                    .isEqualTo("applied");
            settle(kernel);
            // strace ends with the agent; killed, it would leave it behind.
            kernel.ask("stop", JsonObject.builder());
            assertThat(agent.endsWithin(30)).isTrue();
            List<String> all = Files.readAllLines(file);
            calls = all.subList(before, all.size());
        }
    }

    private static boolean canTrace() throws InterruptedException {
        try {
            return new ProcessBuilder("strace", "-o", "/dev/null", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notHere) {
            return false;
        }
    }

    private static void settle(Client kernel) throws Exception {
        boolean settled = false;
        while (!settled) {
            JsonObject status = kernel.ask("status", JsonObject.builder());
            settled = status.objects("replicas").get(0).flag("settled");
        }
    }

    private int first(String what, Predicate<String> call) {
        for (int i = 0; i < calls.size(); i++) {
            if (call.test(calls.get(i))) {
                return i;
            }
        }
        throw new AssertionError(what + " is missing in\n" + String.join("\n", calls));
    }

    private int forced(String path) {
        return first(
                "fsync of " + path,
                call -> call.contains("fsync(")
                        && call.contains("<" + root + (path.isEmpty() ? "" : "/" + path) + ">"));
    }

    private int made(String directory, String name) {
        return first(
                "making " + name,
                call -> call.contains("openat(")
                        && call.contains(directory + ">, \"" + name + "\"")
                        && call.contains("O_CREAT"));
    }

    private int renamed(String from, String name) {
        return first(
                "rename of " + name, call -> call.contains("renameat") && call.contains(from + ">, \"" + name + "\""));
    }

    @Test
    void aSmallBatchForcesTheJournalBeforeTheSwapAndTheFilesBeforeTheIndex() throws Exception {
        Laptop laptop = new Laptop();
        laptop.put("a.py", "a = 1\n").mkdir("pkg").put("pkg/m.py", "m = 1\n").put("gone.py", "g\n");
        trace(
                laptop,
                () -> laptop.put("a.py", "a = 2\n").put("pkg/n.py", "n = 1\n").delete("gone.py"));
        String tx = ".notesync/tx/0000000002";
        int journal = forced(tx + "/journal");
        int committed = made(tx, "committed");
        int undo = forced(tx + "/undo");
        int transaction = forced(tx);
        int transactions = forced(".notesync/tx");
        int swap = renamed(tx + "/stage", "0");
        assertThat(journal).isLessThan(committed);
        assertThat(committed).isLessThan(transaction);
        assertThat(List.of(undo, transaction, transactions)).allMatch(force -> force < swap);
        int index = forced(".notesync/index");
        assertThat(List.of(forced("a.py"), forced("pkg/n.py"), forced(""), forced("pkg")))
                .allMatch(force -> swap < force && force < index);
        assertThat(index).isLessThan(renamed(".notesync/tx", "0000000002"));
    }

    @Test
    void aBigBatchSyncsTheWholeFileSystemBeforeTheIndex() throws Exception {
        Laptop laptop = new Laptop();
        laptop.put("a.py", "a = 1\n");
        trace(laptop, () -> {
            for (int i = 0; i < 250; i++) {
                laptop.put("f" + i + ".py", "f = " + i + "\n");
            }
        });
        int swap = renamed(".notesync/tx/0000000002/stage", "249");
        int sync = first("syncfs", call -> call.contains("syncfs("));
        assertThat(forced(".notesync/tx/0000000002/journal")).isLessThan(swap);
        assertThat(swap).isLessThan(sync);
        assertThat(sync).isLessThan(forced(".notesync/index"));
    }
}
