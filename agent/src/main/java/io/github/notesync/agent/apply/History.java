package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.JournalReader;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.protocol.Cursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The last transactions with what they replaced, so that they can be undone. Only for the replica's thread. */
public final class History {
    private final Directory directory;
    private final int countMax;
    private final long bytesMax;
    private final TreeSet<Long> numbers = new TreeSet<>();
    private final Map<Long, Long> sizes = new HashMap<>();

    public History(Directory directory, int countMax, long bytesMax) throws IOException {
        this.directory = directory;
        this.countMax = countMax;
        this.bytesMax = bytesMax;
        for (String name : directory.list()) {
            if (Layout.isNumber(name)) {
                numbers.add(Long.parseLong(name));
            }
        }
    }

    void added(long number) throws IOException {
        numbers.add(number);
        prune();
    }

    public Workspace open(long number) throws IOException {
        return Workspace.open(directory, Layout.number(number));
    }

    private Transaction read(long number) throws IOException {
        try (Workspace workspace = open(number)) {
            return JournalReader.read(workspace.directory());
        }
    }

    /** The journals of all that are kept. */
    public List<Transaction> newestFirst() throws IOException {
        List<Transaction> all = new ArrayList<>();
        for (long number : numbers.descendingSet()) {
            all.add(read(number));
        }
        return all;
    }

    /**
     * The transactions that led to each sequence, once each, however often it was left and come back to: the newest,
     * but the laptop's rather than a rollback.
     */
    public List<Transaction> sequences() throws IOException {
        Map<Cursor, Transaction> newest = new LinkedHashMap<>();
        for (Transaction each : newestFirst()) {
            if (each.to() != null && !each.reason().equals(Transaction.ADOPT)) {
                newest.merge(
                        each.to(), each, (newer, older) -> newer.reason().equals(Transaction.ROLLBACK) ? older : newer);
            }
        }
        List<Transaction> all = new ArrayList<>(newest.values());
        all.sort(Comparator.comparingLong(Transaction::number).reversed());
        return all;
    }

    private void prune() throws IOException {
        long bytes = 0;
        int count = 0;
        for (long number : new ArrayList<>(numbers.descendingSet())) {
            count++;
            bytes += size(number);
            if (count > countMax || bytes > bytesMax) {
                Workspace.deleteAll(directory, Layout.number(number));
                numbers.remove(number);
                sizes.remove(number);
            }
        }
    }

    private long size(long number) throws IOException {
        Long known = sizes.get(number);
        if (known != null) {
            return known;
        }
        long size = 0;
        try (Workspace workspace = open(number)) {
            for (String name : workspace.undo().list()) {
                Stat stat = workspace.undo().stat(name);
                size += stat == null ? 0 : stat.size();
            }
        }
        sizes.put(number, size);
        return size;
    }
}
