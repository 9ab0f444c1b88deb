package io.github.notesync.agent.journal;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.Stat;
import java.io.Closeable;
import java.io.IOException;

/**
 * The directory of one transaction, {@code .notesync/tx/<number>/}, with its {@code stage/} and {@code undo/}. Which of
 * the markers are in it says how far the transaction has come.
 */
public final class Workspace implements Closeable {
    private final long number;
    private final Directory transactions;
    private final Directory directory;
    private final Directory stage;
    private final Directory undo;

    private Workspace(long number, Directory transactions, Directory directory, Directory stage, Directory undo) {
        this.number = number;
        this.transactions = transactions;
        this.directory = directory;
        this.stage = stage;
        this.undo = undo;
    }

    /** Makes an empty one, or leaves nothing. */
    public static Workspace create(Directory transactions, long number) throws IOException {
        String name = Layout.number(number);
        transactions.makeDirectory(name, true);
        try {
            return open(transactions, name);
        } catch (IOException e) {
            try {
                deleteAll(transactions, name);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** Opens one, making what is missing in it. */
    public static Workspace open(Directory transactions, String name) throws IOException {
        Directory directory = transactions.open(name);
        try {
            return new Workspace(
                    Long.parseLong(name),
                    transactions,
                    directory,
                    part(directory, Layout.STAGE),
                    part(directory, Layout.UNDO));
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    private static Directory part(Directory directory, String name) throws IOException {
        if (directory.stat(name) == null) {
            directory.makeDirectory(name, true);
        }
        return directory.open(name);
    }

    public long number() {
        return number;
    }

    public Directory directory() {
        return directory;
    }

    /** New files that wait to be placed, by slot. */
    public Directory stage() {
        return stage;
    }

    /** What was there before, by slot. */
    public Directory undo() {
        return undo;
    }

    public boolean is(String marker) throws IOException {
        return directory.stat(marker) != null;
    }

    /** Puts an empty file there, whose name is all that matters. Not durable by itself. */
    public void mark(String marker) throws IOException {
        directory.create(marker, false).close();
    }

    /** From now on the transaction is taken back, not carried on. Needs no space on the disk. */
    public void turnBack() throws IOException {
        Mover.move(directory, Layout.COMMITTED, directory, Layout.UNDOING);
        directory.force();
    }

    /** Returns when all of it but the staged files would survive a power cut: the point of no return. */
    public void force(boolean hasUndo) throws IOException {
        if (hasUndo) {
            undo.force();
        }
        directory.force();
        transactions.force();
    }

    /** Whether a slot is filled. */
    public static boolean holds(Directory slots, int slot) throws IOException {
        return slots.stat(Layout.slot(slot)) != null;
    }

    /** Deletes the directory with all that is in it; markers and journal first, so that what is left means nothing. */
    public void delete() throws IOException {
        for (String marker : new String[] {Layout.COMMITTED, Layout.UNDOING, Layout.APPLIED, Layout.JOURNAL}) {
            if (directory.stat(marker) != null) {
                directory.deleteFile(marker);
            }
        }
        close();
        deleteAll(transactions, Layout.number(number));
    }

    /** Moves the directory among the history, where only its journal and its {@code undo/} count. */
    public void retire(Directory history) throws IOException {
        deleteAll(directory, Layout.STAGE);
        Mover.move(transactions, Layout.number(number), history, Layout.number(number));
        close();
    }

    /** Deletes {@code name} and, if it is a directory, all that is in it. */
    public static void deleteAll(Directory in, String name) throws IOException {
        Stat stat = in.stat(name);
        if (stat == null) {
            return;
        }
        if (stat.kind() != Kind.DIRECTORY) {
            in.deleteFile(name);
            return;
        }
        try (Directory below = in.open(name)) {
            for (String each : below.list()) {
                deleteAll(below, each);
            }
        }
        in.deleteDirectory(name);
    }

    @Override
    public void close() {
        stage.close();
        undo.close();
        directory.close();
    }
}
