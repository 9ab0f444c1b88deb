package io.github.notesync.agent;

import io.github.notesync.agent.apply.Applier;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.report.Problem;
import io.github.notesync.agent.report.Report;
import io.github.notesync.agent.stage.Incoming;
import io.github.notesync.agent.stage.OldContent;
import io.github.notesync.agent.stage.Spool;
import io.github.notesync.agent.stage.Unpacker;
import io.github.notesync.agent.stage.WholeDirectories;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ProtocolException;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The batch that is on its way into a replica: at most one arrives, and at most one is staged and waits for its moment.
 * A newer one that is whole takes the place of an older. Only for the replica's thread.
 */
final class Intake implements Incoming.Listener {
    /** Gives the next transaction its workspace. */
    interface Workspaces {
        Workspace next() throws IOException;
    }

    private final Index index;
    private final Report report;
    private final Executor replicaThread;
    private final Workspaces workspaces;
    private final OldContent old;
    private final Spool spool;
    private final boolean inWhole;
    private final Runnable onStaged;

    private @Nullable Incoming arriving;
    private @Nullable Staged staged;

    /** A batch that is whole and verified, with nothing of it visible. */
    static final class Staged {
        final Incoming incoming;
        final Manifest manifest;
        final WholeDirectories whole;
        final long received;
        final long stagedAt;
        Applier.@Nullable Halt halt;
        boolean confirmed;

        Staged(Incoming incoming, Unpacker.Unpacked unpacked, long received) {
            this.incoming = incoming;
            this.manifest = unpacked.manifest();
            this.whole = unpacked.whole();
            this.received = received;
            this.stagedAt = incoming.age();
        }

        Id batch() {
            return incoming.descriptor().batch();
        }

        Applier.Staged toApply() {
            return new Applier.Staged(
                    incoming.workspace(),
                    batch().hex(),
                    Transaction.BATCH,
                    manifest.header().to(),
                    manifest.header().tree(),
                    manifest.header().git() == null
                            ? null
                            : manifest.header().git().toJson().toString(),
                    manifest.changes(),
                    whole,
                    confirmed,
                    Set.of());
        }

        boolean halted() {
            return halt != null;
        }

        JsonObject timings() {
            return JsonObject.builder()
                    .put("offered", 0)
                    .put("received", received)
                    .put("staged", stagedAt)
                    .put("applied", incoming.age())
                    .build();
        }
    }

    Intake(
            Index index,
            Report report,
            Executor replicaThread,
            Workspaces workspaces,
            OldContent old,
            Spool spool,
            boolean inWhole,
            Runnable onStaged) {
        this.index = index;
        this.report = report;
        this.replicaThread = replicaThread;
        this.workspaces = workspaces;
        this.old = old;
        this.spool = spool;
        this.inWhole = inWhole;
        this.onStaged = onStaged;
    }

    /** The batch that waits to be applied; null if there is none. */
    @Nullable
    Staged staged() {
        return staged;
    }

    /** Answers an offer: where the stream goes on. */
    JsonObject.Builder offer(BatchDescriptor descriptor) throws IOException {
        if (staged != null && staged.incoming.descriptor().isSameStream(descriptor)) {
            return answer(staged.incoming);
        }
        if (arriving == null || !arriving.descriptor().isSameStream(descriptor)) {
            checkStart(descriptor);
            dropArriving();
            arriving = new Incoming(descriptor, workspaces.next(), old, spool, inWhole, this);
            arriving.resume();
        }
        return answer(arriving);
    }

    private static JsonObject.Builder answer(Incoming batch) {
        return JsonObject.builder()
                .put("state", batch.ended() ? "have" : "accept")
                .put("offset", batch.offset());
    }

    private void checkStart(BatchDescriptor descriptor) throws ProtocolException {
        if (descriptor.from() != null && !descriptor.from().equals(index.cursor())) {
            throw new ProtocolException(
                    ErrorCode.CURSOR_MISMATCH,
                    "the batch starts at " + descriptor.from() + ", the replica is at "
                            + Objects.toString(index.cursor(), "its beginning"));
        }
    }

    /** Takes a chunk and says which one is wanted next. */
    long chunk(Id batch, long offset, byte[] bytes, boolean end) throws IOException {
        if (staged != null && staged.batch().equals(batch)) {
            return staged.incoming.offset();
        }
        Incoming into = arriving;
        if (into == null || !into.descriptor().batch().equals(batch)) {
            throw new ProtocolException(ErrorCode.UNKNOWN_BATCH, "batch " + batch + " was not offered");
        }
        into.chunk(offset, bytes, end);
        if (!end) {
            report.progress(batch, into.offset(), into.descriptor().streamSize());
        }
        return into.offset();
    }

    /** The next byte wanted of a batch; for the answer to a chunk that does not fit. */
    long wanted(Id batch) {
        return arriving != null && arriving.descriptor().batch().equals(batch) ? arriving.offset() : 0;
    }

    void abandon(Id batch) throws IOException {
        spool.clear();
        if (arriving != null && arriving.descriptor().batch().equals(batch)) {
            dropArriving();
        } else if (staged != null && staged.batch().equals(batch)) {
            dropStaged();
        }
    }

    private void dropArriving() throws IOException {
        Incoming dropped = arriving;
        arriving = null;
        if (dropped != null) {
            dropped.abandon();
        }
    }

    void dropStaged() throws IOException {
        Staged dropped = staged;
        staged = null;
        if (dropped != null) {
            dropped.incoming.workspace().delete();
        }
    }

    /** The staged batch is in: forget it, its workspace belongs to the journal now. */
    void applied() {
        staged = null;
        spool.clear();
        spool.setOff(false);
    }

    /** Lets go of everything that has not been applied; another agent may go on with what was received. */
    void close() {
        spool.close();
        try {
            dropArriving();
            dropStaged();
        } catch (IOException e) {
            Log.line("a batch that was not applied could not be deleted: " + e);
        }
    }

    @Override
    public void unpacked(Incoming batch, Unpacker.Unpacked unpacked) {
        long received = batch.age();
        replicaThread.execute(() -> {
            if (batch != arriving) {
                return;
            }
            arriving = null;
            try {
                dropStaged();
            } catch (IOException e) {
                Log.line("an older batch could not be deleted: " + e);
            }
            staged = new Staged(batch, unpacked, received);
            report.staged(
                    batch.descriptor().batch(), unpacked.manifest().header().to());
            onStaged.run();
        });
    }

    @Override
    public void failed(Incoming batch, Throwable why) {
        replicaThread.execute(() -> {
            if (batch == arriving) {
                arriving = null;
                refuse(batch, why);
            }
        });
    }

    /** Deletes a batch that cannot be applied and says why. */
    void refuse(Incoming batch, Throwable why) {
        spool.clear();
        spool.setOff(true);
        try {
            batch.abandon();
        } catch (IOException e) {
            Log.line("a refused batch could not be deleted: " + e);
        }
        report.refused(batch.descriptor().batch(), Problem.of(why));
    }
}
