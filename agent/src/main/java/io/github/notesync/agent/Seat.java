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
 * One root in the agent: the thread of its replica and the kernels that are attached to it. The replica is opened with
 * the first kernel and closed with the last. Its methods may be called by any thread and return at once, except for
 * those marked otherwise.
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
    private final QuietMoment quiet;
    private final Carrier carrier = new Carrier();
    private final OpenDocuments documents = new OpenDocuments();
    private @Nullable Replica replica;
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
        this.quiet = new QuietMoment(
                () -> replica, (millis, task) -> thread.schedule(() -> execute(task), millis, TimeUnit.MILLISECONDS));
        this.around = new Replica.Surroundings(
                disk, machine.boot(), settings, this::execute, background, this::tell, quiet::applyIfQuiet);
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
        execute(() -> runNow(kernel, answer, task));
    }

    /** The same for what changes what kernels see, once no kernel could begin a cell without hearing of it. */
    void change(Kernel kernel, Answer answer, Task task) {
        execute(() -> quiet.change(() -> runSafely(() -> runNow(kernel, answer, task))));
    }

    private void runNow(Kernel kernel, Answer answer, Task task) {
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
                quiet.applyIfQuiet();
            } catch (Applier.Broken e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                answer.error(e);
            }
        });
    }

    private void arrive(Replica open, Kernel kernel, boolean inCell) {
        quiet.came(kernel, inCell);
        if (kernels.add(kernel)) {
            quiet.note(open, kernels);
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
        quiet.opened(Returning.to(open.directory(), machine, kernels));
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
        quiet.release();
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
            quiet.note(replica, kernels);
        }
        quiet.forget(kernel);
        documents.forget(kernel);
        if (replica != null) {
            replica.spare(documents.all());
        }
        handOver(kernel);
        quiet.applyIfQuiet();
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
                quiet.applyIfQuiet();
            }
        });
    }

    void applyConfirmed(Kernel kernel, Answer answer, Id batch, boolean yes) {
        run(kernel, answer, open -> {
            open.confirm(batch, yes);
            answer.reply(JsonObject.builder());
            quiet.applyIfQuiet();
        });
    }

    /**
     * A kernel is about to run a cell: it gets what is staged first, and waits a little if others run cells.
     *
     * @param done gets the state that the cell will run on
     */
    void enter(Kernel kernel, long waitMillis, Consumer<JsonObject> done) {
        execute(() -> quiet.enter(kernel, waitMillis, () -> done.accept(state())));
    }

    /** A kernel has begun a cell in its place, or (not {@code kept}) gives its place up in the middle of one. */
    void enterInPlace(Kernel kernel, boolean kept, Consumer<JsonObject> done) {
        execute(() -> {
            quiet.enterInPlace(kernel, kept);
            done.accept(state());
        });
    }

    /** @param done gets whether the kernel may begin its next cell without asking, until the place is recalled */
    void givePlace(Kernel kernel, Consumer<Boolean> done) {
        execute(() -> done.accept(quiet.givePlace(kernel)));
    }

    /** @param kept whether it keeps its place, if it has one */
    void leave(Kernel kernel, boolean kept) {
        execute(() -> quiet.leave(kernel, kept));
    }

    /** Goes back once everything applied is durable, for at most some seconds. */
    void rollback(Kernel kernel, Answer answer, Rewind.Goal goal, int patience) {
        change(kernel, answer, open -> {
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
            done.accept(quiet.describe(json)
                    .put("root", root.toString())
                    .put("entries", open == null ? 0 : open.index().size())
                    .put("kernels", kernels.stream().map(Kernel::id).toList())
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
