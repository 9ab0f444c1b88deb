package io.github.notesync.agent;

import io.github.notesync.agent.apply.Applier;
import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.receive.Answer;
import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.agent.receive.Machine;
import io.github.notesync.agent.report.Report;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The place of one root in the agent: the thread of its replica, the kernels that are attached, and when a staged batch
 * may become visible to them. The replica is opened with the first kernel and closed with the last. Its methods may be
 * called by any thread and return at once, except for those marked otherwise.
 */
final class Seat {
    private static final int ROLLBACK_MILLIS = 50;

    private final Path root;
    private final ScheduledThreadPoolExecutor thread;
    private final Replica.Surroundings around;
    private final Machine machine;
    private final Consumer<Seat> onOpen;

    // All of the following belong to the replica's thread.
    private final Set<Kernel> kernels = new LinkedHashSet<>();
    private final Cells cells = new Cells();
    private final Carrier carrier = new Carrier();
    private final OpenDocuments documents = new OpenDocuments();
    private @Nullable Replica replica;
    private @Nullable Returning returning;
    private volatile String id = "";

    /** Something to do with an open replica, on its thread. */
    interface Task {
        void run(Replica replica) throws IOException;
    }

    Seat(Path root, Disk disk, Machine machine, Settings settings, Executor background, Consumer<Seat> onOpen) {
        this.root = root;
        this.machine = machine;
        this.onOpen = onOpen;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread worker = new Thread(task, "replica-" + root.getFileName());
            worker.setDaemon(true);
            return worker;
        });
        this.around = new Replica.Surroundings(
                disk, machine.boot(), settings, this::execute, background, this::tell, this::applyIfQuiet);
    }

    Path root() {
        return root;
    }

    /** The replica's id, once it was opened; empty before. */
    String id() {
        return id;
    }

    private void execute(Runnable task) {
        try {
            thread.execute(() -> runSafely(task));
        } catch (RejectedExecutionException closed) {
            // The agent leaves; recovery takes up what is not finished.
        }
    }

    private void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Applier.Broken e) {
            reopen();
        } catch (RuntimeException e) {
            Log.bug(e);
        } catch (Error e) {
            // What is in memory may no longer be what is on the disk.
            Log.fatal(e);
        }
    }

    private void tell(String event, JsonObject.Builder fields) {
        for (Kernel kernel : kernels) {
            kernel.tell(event, fields);
        }
    }

    /** Does a task on the replica's thread; what it throws is the answer. */
    void run(Kernel kernel, Answer answer, Task task) {
        execute(() -> {
            try {
                Replica open = replica;
                if (open == null || !kernels.contains(kernel)) {
                    throw new ProtocolException(
                            ErrorCode.UNKNOWN_REPLICA, "this kernel is not attached to " + root + ": attach it first");
                }
                task.run(open);
            } catch (Applier.Broken e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                answer.error(e);
            }
        });
    }

    /**
     * @param inCell whether the kernel is in the middle of a cell, which an earlier agent may have known
     * @param open what its front end has open
     */
    void attach(Kernel kernel, boolean inCell, Set<RelativePath> open, Answer answer) {
        execute(() -> {
            try {
                closeIfDeleted();
                Replica ours = replica == null ? open() : replica;
                documents.are(kernel, open);
                arrive(ours, kernel, inCell);
                answer.reply(JsonObject.builder()
                        .put("replica", ours.id().hex())
                        .put("cursor", Report.json(ours.index().cursor()))
                        .put("tree", ours.index().tree().hex())
                        .put("entries", ours.index().size())
                        .put("guarantees", ours.guarantees())
                        .put("recovered", ours.recovered().name().toLowerCase(Locale.ROOT))
                        .put("held", ours.isHeld())
                        .put("carrier", carrier.is(kernel)));
                applyIfQuiet();
            } catch (Applier.Broken e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                answer.error(e);
            }
        });
    }

    private void arrive(Replica open, Kernel kernel, boolean inCell) {
        if (returning != null) {
            returning.came(kernel);
        }
        if (kernels.add(kernel)) {
            note(open);
        }
        if (inCell) {
            cells.enter(kernel);
        }
        open.spare(documents.all());
    }

    /**
     * Somebody deleted the replica with all that we keep in it: what is there now is another, empty one, under another
     * id. Kernels that were attached to the old one are told that it is unknown, and attach again.
     */
    private void closeIfDeleted() {
        if (replica != null && !Files.isDirectory(root.resolve(Layout.HOME))) {
            replica.close();
            replica = null;
            kernels.clear();
            carrier.forgetAll();
        }
    }

    private Replica open() throws IOException {
        Replica open = Replica.open(root, around);
        replica = open;
        Returning missing = Returning.to(open.directory(), machine, kernels);
        returning = missing;
        if (missing.anyIsMissing()) {
            ScheduledFuture<?> unused = thread.schedule(
                    () -> execute(this::applyIfQuiet), Returning.PATIENCE_MILLIS + 10, TimeUnit.MILLISECONDS);
        }
        id = open.id().hex();
        onOpen.accept(this);
        return open;
    }

    /** Taking back a batch failed: recover, as a new agent would. */
    private void reopen() {
        if (replica != null) {
            replica.close();
            replica = null;
        }
        try {
            open().spare(documents.all());
        } catch (IOException | RuntimeException e) {
            Log.line(root + " could not be recovered yet, tried again when a kernel attaches: " + e);
        }
        cells.release();
    }

    void detach(Kernel kernel, @Nullable Answer answer) {
        execute(() -> {
            forget(kernel);
            if (answer != null) {
                answer.reply(JsonObject.builder());
            }
        });
    }

    private void forget(Kernel kernel) {
        if (kernels.remove(kernel) && replica != null) {
            note(replica);
        }
        cells.forget(kernel);
        documents.forget(kernel);
        if (replica != null) {
            replica.spare(documents.all());
        }
        handOver(kernel);
        applyIfQuiet();
    }

    private void handOver(Kernel kernel) {
        Kernel successor = carrier.forget(kernel);
        if (successor != null) {
            successor.tell("carrier", JsonObject.builder().put("replica", id).put("carrier", true));
        }
    }

    /** @param wanted false where the kernel has no way to the laptop any more, and stays attached */
    void carry(Kernel kernel, Answer answer, boolean wanted) {
        run(kernel, answer, open -> {
            if (!wanted) {
                handOver(kernel);
            }
            answer.reply(JsonObject.builder().put("carrier", wanted && carrier.ask(kernel)));
        });
    }

    /** Applies what is staged unless a kernel is in a cell, or about to be. On the replica's thread. */
    private void applyIfQuiet() {
        Replica open = replica;
        Intake.Staged staged = open == null ? null : open.intake().staged();
        if (open == null || staged == null || staged.halted()) {
            cells.release();
            return;
        }
        if (cells.anyRuns() || anyIsMissing()) {
            open.report().waiting(staged.batch(), waitsFor());
            return;
        }
        apply(open, false);
    }

    private void note(Replica open) {
        if (returning != null) {
            returning.note(open.directory(), kernels);
        }
    }

    private boolean anyIsMissing() {
        return returning != null && returning.anyIsMissing();
    }

    /** Those in a cell, and those of whom that is not known yet. */
    private List<String> waitsFor() {
        List<String> all = new ArrayList<>(cells.runningIds());
        if (returning != null) {
            all.addAll(returning.names());
        }
        return all;
    }

    private void apply(Replica open, boolean forced) {
        try {
            open.applyStaged(forced);
        } finally {
            cells.release();
        }
    }

    /** Answers an offer. Who has sent a batch before, and may have lost what became of it, is told again. */
    void offer(Kernel kernel, Answer answer, BatchDescriptor descriptor) {
        run(kernel, answer, open -> {
            open.checkNotHeld();
            answer.reply(open.intake().offer(descriptor));
            Intake.Staged staged = open.intake().staged();
            if (staged == null || !staged.batch().equals(descriptor.batch())) {
                return;
            }
            Applier.Halt halt = staged.halt;
            if (halt != null) {
                open.report().halted(staged.batch(), halt);
            } else {
                applyIfQuiet();
            }
        });
    }

    void applyConfirmed(Kernel kernel, Answer answer, Id batch, boolean yes) {
        run(kernel, answer, open -> {
            open.confirm(batch, yes);
            answer.reply(JsonObject.builder());
            applyIfQuiet();
        });
    }

    /**
     * A kernel is about to run a cell: it gets what is staged first, and waits a little if others run cells.
     *
     * @param done gets the state that the cell will run on
     */
    void enter(Kernel kernel, long waitMillis, Consumer<JsonObject> done) {
        execute(() -> {
            Runnable go = () -> done.accept(state());
            Replica open = replica;
            Intake.Staged staged = open == null ? null : open.intake().staged();
            if (open != null && staged != null && !staged.halted()) {
                if (cells.anyOtherRuns(kernel) || anyIsMissing()) {
                    open.report().waiting(staged.batch(), waitsFor());
                    cells.await(new Cells.Waiter(
                            kernel,
                            go,
                            thread.schedule(() -> execute(this::applyAnyway), waitMillis, TimeUnit.MILLISECONDS)));
                    return;
                }
                cells.leave(kernel);
                apply(open, false);
            }
            cells.enter(kernel);
            go.run();
        });
    }

    private void applyAnyway() {
        Replica open = replica;
        if (open != null) {
            apply(open, cells.anyRuns() || anyIsMissing());
        }
    }

    /** Goes back once everything applied is durable, for at most some seconds. */
    void rollback(Kernel kernel, Answer answer, Rewind.Goal goal, int patience) {
        run(kernel, answer, open -> {
            if (!open.isSettled() && patience > 0) {
                ScheduledFuture<?> unused = thread.schedule(
                        () -> rollback(kernel, answer, goal, patience - 1), ROLLBACK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            }
            open.rollback(goal);
            answer.reply(JsonObject.builder()
                    .put("cursor", Report.json(open.index().cursor()))
                    .put("held", true));
        });
    }

    void leave(Kernel kernel) {
        execute(() -> {
            cells.leave(kernel);
            applyIfQuiet();
        });
    }

    private JsonObject state() {
        Replica open = replica;
        boolean held = false;
        try {
            held = open != null && open.isHeld();
        } catch (IOException e) {
            Log.line("whether " + root + " is held cannot be seen: " + e);
        }
        return JsonObject.builder()
                .put("replica", id)
                .put("cursor", open == null ? null : Report.json(open.index().cursor()))
                .put("tree", open == null ? null : open.index().tree().hex())
                .put("held", held)
                .put("waiting_for", List.of())
                .build();
    }

    /** What `status` shows of it. */
    void describe(Consumer<JsonObject> done) {
        execute(() -> {
            Replica open = replica;
            JsonObject.Builder json = JsonObject.builder();
            state().fields().forEach(json::put);
            done.accept(json.put("root", root.toString())
                    .put("entries", open == null ? 0 : open.index().size())
                    .put("kernels", kernels.stream().map(Kernel::id).toList())
                    .put("in_cell", cells.runningIds())
                    .put("settled", open == null || open.isSettled())
                    .build());
        });
    }

    /** Closes the replica; what has not been made durable yet is, when it is opened again. Waits for it. */
    void close() {
        execute(() -> {
            if (replica != null) {
                replica.close();
                replica = null;
            }
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                Log.line(root + " could not be closed in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
