package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.journal.Home;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.agent.journal.IndexFile;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.log.Log;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Makes applied transactions durable, oldest first, and then enters them in the index on disk and lets their workspaces
 * go. The slow part runs on a thread of its own, so that no kernel ever waits for it; the rest on the replica's thread,
 * to which all methods belong.
 */
public final class Settler {
    private final Directory root;
    private final Home home;
    private final Index index;
    private final IndexFile file;
    private final History history;
    private final Executor replicaThread;
    private final Executor background;

    private final Deque<Applier.Pending> waiting = new ArrayDeque<>();
    /** Durable, but not in the index on disk yet. */
    private final List<Applier.Pending> durable = new ArrayList<>();

    /** In the index on disk: their workspaces may go. */
    private final Deque<Applier.Pending> entered = new ArrayDeque<>();

    private boolean busy;
    private boolean closed;

    public Settler(
            Directory root,
            Home home,
            Index index,
            IndexFile file,
            History history,
            Executor replicaThread,
            Executor background) {
        this.root = root;
        this.home = home;
        this.index = index;
        this.file = file;
        this.history = history;
        this.replicaThread = replicaThread;
        this.background = background;
    }

    public void settle(Applier.Pending pending) {
        waiting.add(pending);
        next();
    }

    /** Whether nothing waits any more. */
    public boolean isIdle() {
        return waiting.isEmpty() && durable.isEmpty() && entered.isEmpty();
    }

    private void next() {
        Applier.Pending pending = waiting.peek();
        if (pending == null || busy || closed) {
            return;
        }
        busy = true;
        background.execute(() -> {
            boolean done = force(pending);
            replicaThread.execute(() -> forced(done));
        });
    }

    private boolean force(Applier.Pending pending) {
        try (Directory own = root.open(".")) {
            Settle.force(pending.transaction(), own, pending.workspace().undo());
            return true;
        } catch (IOException | RuntimeException e) {
            Log.line("sequence could not be made durable yet, tried again with the next: " + e);
            return false;
        }
    }

    private void forced(boolean done) {
        busy = false;
        if (closed || !done) {
            return;
        }
        durable.add(waiting.remove());
        try {
            enter();
            retire();
        } catch (IOException e) {
            Log.line("the index could not be brought up to date yet, tried again with the next batch: " + e);
        }
        next();
    }

    private void enter() throws IOException {
        List<Transaction> transactions =
                durable.stream().map(Applier.Pending::transaction).toList();
        if (file.append(transactions, index)) {
            entered.addAll(durable);
            durable.clear();
        }
    }

    private void retire() throws IOException {
        while (!entered.isEmpty()) {
            Applier.Pending first = entered.element();
            first.workspace().retire(home.history());
            entered.remove();
            history.added(first.transaction().number());
        }
    }

    /** Lets go; what is not settled is taken up when the replica is opened again. */
    public void close() {
        closed = true;
        waiting.forEach(each -> each.workspace().close());
        durable.forEach(each -> each.workspace().close());
        entered.forEach(each -> each.workspace().close());
    }
}
