package io.github.notesync.agent;

import io.github.notesync.agent.apply.Applier;
import io.github.notesync.agent.apply.History;
import io.github.notesync.agent.apply.KeptStore;
import io.github.notesync.agent.apply.Probe;
import io.github.notesync.agent.apply.Recovery;
import io.github.notesync.agent.apply.ReplicaContent;
import io.github.notesync.agent.apply.Restore;
import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.apply.Settler;
import io.github.notesync.agent.apply.Traits;
import io.github.notesync.agent.apply.Tree;
import io.github.notesync.agent.apply.Verification;
import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.journal.Home;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.IndexFile;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.receive.Answer;
import io.github.notesync.agent.report.Audience;
import io.github.notesync.agent.report.Problem;
import io.github.notesync.agent.report.Report;
import io.github.notesync.agent.stage.Spool;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.ReplicaManifest;
import io.github.notesync.protocol.TreeDigest;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One replica, open and recovered: its tree, its index, and the steps that a batch takes through them. Only for the
 * replica's thread.
 */
final class Replica implements Closeable {
    private static final int PART = 4 << 20;

    private final Disk disk;
    private final Path root;
    private final Tree tree;
    private final Home home;
    private final Index index;
    private final Applier applier;
    private final Settler settler;
    private final Intake intake;
    private final Report report;
    private final KeptStore store;
    private final History history;
    private final Recovery.Outcome recovered;
    private final List<Probe.Weakness> guarantees;
    private final Traits traits;
    private long nextNumber;
    private byte @Nullable [] manifest;

    /** What a replica needs from the agent around it. */
    record Surroundings(
            Disk disk,
            String boot,
            Settings settings,
            Executor replicaThread,
            Executor background,
            Audience audience,
            Runnable onStaged) {}

    private Replica(Path root, Tree tree, Home home, Surroundings around) throws IOException {
        this.disk = around.disk();
        this.root = root;
        this.tree = tree;
        this.home = home;
        IndexFile file = new IndexFile(home.directory());
        this.index = file.read();
        this.report = new Report(home.replica(), around.audience());
        this.store = new KeptStore(home.kept());
        this.guarantees = Probe.run(home.scratch());
        this.traits = Traits.of(guarantees);
        this.applier = new Applier(tree, home, index, store, traits, around.boot());
        Recovery.Result result = applier.recover();
        this.recovered = result.outcome();
        this.nextNumber = result.nextNumber();
        this.history = new History(
                home.history(),
                around.settings().historyCount(),
                around.settings().historyBytes());
        this.settler =
                new Settler(tree.root(), home, index, file, history, around.replicaThread(), around.background());
        file.sweep();
        result.applied().forEach(settler::settle);
        this.intake = new Intake(
                index,
                report,
                around.replicaThread(),
                () -> Workspace.create(home.transactions(), nextNumber++),
                new ReplicaContent(tree.root()),
                new Spool(home.incoming(), around.boot()),
                traits.canRename(),
                around.onStaged());
    }

    /**
     * Opens the replica at {@code root}, which is a directory, and finishes what an earlier agent left.
     *
     * @throws ProtocolException {@code root_refused} or {@code journal_newer}
     */
    static Replica open(Path root, Surroundings around) throws IOException {
        Tree tree = new Tree(around.disk().open(root));
        Home home = null;
        try {
            home = Home.open(tree.root());
            return new Replica(root, tree, home, around);
        } catch (IOException | RuntimeException e) {
            if (home != null) {
                home.close();
            }
            tree.close();
            throw e;
        }
    }

    Id id() {
        return home.replica();
    }

    /** {@code .notesync}. */
    Directory directory() {
        return home.directory();
    }

    Index index() {
        return index;
    }

    Intake intake() {
        return intake;
    }

    Report report() {
        return report;
    }

    Recovery.Outcome recovered() {
        return recovered;
    }

    /** What is weaker on this file system than elsewhere, for people. */
    List<JsonObject> guarantees() {
        return guarantees.stream().map(Probe.Weakness::toJson).toList();
    }

    /** Documents that somebody has open: no batch exchanges or deletes them. */
    void spare(Set<RelativePath> open) {
        applier.spare(open);
    }

    /** Whether all that was applied would survive a power cut. */
    boolean isSettled() {
        return settler.isIdle();
    }

    /**
     * Applies the staged batch, tells how that went, and forgets it, unless a person has to be asked.
     *
     * @param forced whether a kernel is in a cell
     * @throws Applier.Broken the replica has to be opened again
     */
    void applyStaged(boolean forced) {
        Intake.Staged staged = intake.staged();
        if (staged == null || staged.halted()) {
            return;
        }
        try {
            checkRoot();
            checkBase(staged);
            Applier.Applied applied = applier.apply(staged.toApply());
            intake.applied();
            manifest = null;
            report.applied(applied, staged.timings(), forced);
            settler.settle(new Applier.Pending(applied.transaction(), staged.incoming.workspace()));
        } catch (Applier.Halt halt) {
            staged.halt = halt;
            report.halted(staged.batch(), halt);
        } catch (Applier.Broken e) {
            intake.applied();
            report.refused(staged.batch(), Problem.of(e));
            throw e;
        } catch (IOException | RuntimeException e) {
            intake.applied();
            intake.refuse(staged.incoming, e);
        }
    }

    private void checkBase(Intake.Staged staged) throws ProtocolException {
        Cursor from = staged.manifest.header().from();
        if (from != null && !from.equals(index.cursor())) {
            throw new ProtocolException(
                    ErrorCode.CURSOR_MISMATCH, "the batch starts at " + from + ", the replica is at " + index.cursor());
        }
        if (!staged.manifest.header().baseTree().equals(index.tree())) {
            throw new ProtocolException(
                    ErrorCode.TREE_MISMATCH, "the batch was made for another state of the replica: exchange manifests");
        }
    }

    /** A root that was moved away while it was open is not the user's root any more. */
    private void checkRoot() throws IOException {
        try (Directory now = disk.open(root)) {
            if (home.replica().equals(Home.replicaAt(now))) {
                return;
            }
        } catch (IOException gone) {
            // said below
        }
        throw new ProtocolException(
                ErrorCode.ROOT_REFUSED, root + " was moved or replaced since notesync opened it: connect again");
    }

    /** The answer to a halt. */
    void confirm(Id batch, boolean yes) throws IOException {
        Intake.Staged staged = intake.staged();
        if (staged == null || !staged.batch().equals(batch) || !staged.halted()) {
            throw new ProtocolException(ErrorCode.UNKNOWN_BATCH, "batch " + batch + " waits for no answer");
        }
        if (yes) {
            staged.halt = null;
            staged.confirmed = true;
        } else {
            intake.applied();
            intake.refuse(
                    staged.incoming,
                    new ProtocolException(ErrorCode.HALTED, "declined: nothing was deleted in the replica"));
        }
    }

    /** Whether the user has rolled it back, so that it takes no batch. */
    boolean isHeld() throws IOException {
        return home.directory().stat(Layout.HELD) != null;
    }

    /** @throws ProtocolException {@code held} */
    void checkNotHeld() throws IOException {
        if (isHeld()) {
            throw new ProtocolException(ErrorCode.HELD, "this replica was rolled back and stays at its sequence");
        }
    }

    /** Goes back, and stays there until {@link #resume}. Everything applied has been settled before. */
    void rollback(Rewind.Goal goal) throws IOException {
        checkRoot();
        intake.close();
        Workspace workspace = Workspace.create(home.transactions(), nextNumber++);
        Applier.Applied applied;
        try {
            applied = applier.apply(Rewind.stage(goal, history, index, workspace, new ReplicaContent(tree.root())));
        } catch (Applier.Halt e) {
            throw new IllegalStateException("a rollback was confirmed by whoever asked for it", e);
        } catch (IOException | RuntimeException e) {
            if (!(e instanceof Applier.Broken)) {
                workspace.delete();
            }
            throw e;
        }
        manifest = null;
        if (!isHeld()) {
            home.directory().create(Layout.HELD, false).close();
            home.directory().force();
        }
        report.applied(applied, null, false);
        settler.settle(new Applier.Pending(applied.transaction(), workspace));
    }

    /** Takes batches again. */
    void resume() throws IOException {
        if (isHeld()) {
            home.directory().deleteFile(Layout.HELD);
            home.directory().force();
        }
    }

    /** The sequences that can be gone back to, newest first. */
    List<JsonObject> history() throws IOException {
        List<JsonObject> sequences = new ArrayList<>();
        for (Transaction each : history.sequences()) {
            sequences.add(JsonObject.builder()
                    .put("sequence", Report.sequence(each.to()))
                    .put("applied", each.made())
                    .put("changes", each.plan().changedPaths())
                    .put("reason", each.reason())
                    .put("git", each.git() == null ? null : ProtocolJson.parse(each.git()))
                    .build());
        }
        return sequences;
    }

    Verification verify(boolean deep) throws IOException {
        return Verification.of(index, tree, traits, deep);
    }

    KeptStore kept() {
        return store;
    }

    /** Puts a kept item back, and tells the kernels. */
    void restore(Id id) throws IOException {
        checkRoot();
        KeptStore.Item item = store.find(id);
        report.restored(
                item.path(), Restore.perform(item, store, tree, index, home.scratch()), index.cursor(), index.tree());
    }

    /** Takes over a cursor for the tree that is there. */
    void adopt(Cursor cursor, TreeDigest of) throws IOException {
        if (!of.equals(index.tree())) {
            throw new ProtocolException(
                    ErrorCode.TREE_MISMATCH, "the replica has another tree than the cursor: exchange manifests");
        }
        if (!cursor.equals(index.cursor())) {
            Workspace workspace = Workspace.create(home.transactions(), nextNumber++);
            settler.settle(new Applier.Pending(applier.adopt(workspace, cursor), workspace));
        }
    }

    /** Answers with one piece of the replica manifest, and how many there are. */
    void manifest(int part, Answer answer) throws IOException {
        byte[] all = manifest;
        if (all == null || part == 0) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            List<Entry> entries = index.sorted();
            ReplicaManifest.write(out, index.tree(), entries);
            all = out.toByteArray();
        }
        int parts = Math.max(1, (all.length + PART - 1) / PART);
        if (part >= parts) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "field part is " + part + ", the manifest has " + parts + " parts");
        }
        manifest = part == parts - 1 ? null : all;
        int from = part * PART;
        answer.reply(
                JsonObject.builder().put("parts", parts),
                Arrays.copyOfRange(all, from, Math.min(from + PART, all.length)));
    }

    @Override
    public void close() {
        intake.close();
        settler.close();
        home.close();
        tree.close();
    }
}
