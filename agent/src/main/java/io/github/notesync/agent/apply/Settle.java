package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes an applied transaction durable, in the background and with directories of its own: the files that it placed and
 * every directory in which a name changed. Until that is done a power cut takes the transaction back.
 */
final class Settle {
    /** From here on one sync of the file system is cheaper than one for each file. */
    private static final int MANY = 200;

    private static final int SYNC_SECONDS = 600;

    private Settle() {}

    /**
     * Returns when everything is durable. What was changed or deleted since needs no sync of ours.
     *
     * @param undo made durable first: what was moved there must not be lost with the directory that it came from
     */
    static void force(Transaction transaction, Directory root, Directory undo) throws IOException {
        List<Step> steps = transaction.plan().steps();
        if (steps.size() > MANY && syncFileSystem(root)) {
            return;
        }
        undo.force();
        Tree tree = new Tree(root);
        try {
            Set<RelativePath> touched = new HashSet<>();
            for (Step step : steps) {
                touched.add(step.path());
                if (step instanceof Step.Place || step instanceof Step.SetExecutable) {
                    forceFile(tree, step.path());
                } else if (step instanceof Step.MakeDirectory made) {
                    Directory directory = tree.directory(made.path());
                    if (directory != null) {
                        directory.force();
                    }
                }
            }
            forceParents(touched, tree);
        } finally {
            tree.forgetAll();
        }
    }

    private static void forceFile(Tree tree, RelativePath path) throws IOException {
        Directory parent = tree.parent(path);
        Stat stat = parent == null ? null : parent.stat(path.name());
        if (parent != null && stat != null && stat.kind() == Kind.FILE) {
            parent.forceFile(path.name());
        }
    }

    /** Makes the names durable: forces each directory that holds one of {@code paths}. */
    static void forceParents(Collection<RelativePath> paths, Tree tree) throws IOException {
        Set<@Nullable RelativePath> parents = new HashSet<>();
        for (RelativePath path : paths) {
            parents.add(path.parent());
        }
        for (RelativePath parent : parents) {
            Directory directory = parent == null ? tree.root() : tree.directory(parent);
            if (directory != null) {
                directory.force();
            }
        }
    }

    private static boolean syncFileSystem(Directory root) {
        try {
            Process sync = new ProcessBuilder("sync", "-f", root.path().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!sync.waitFor(SYNC_SECONDS, TimeUnit.SECONDS)) {
                sync.destroyForcibly();
                return false;
            }
            return sync.exitValue() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
