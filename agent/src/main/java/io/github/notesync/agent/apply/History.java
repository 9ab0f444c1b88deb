package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.JournalReader;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.agent.journal.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
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

    /** The transactions that are kept, oldest first. */
    public List<Long> numbers() {
        return new ArrayList<>(numbers);
    }

    public Workspace open(long number) throws IOException {
        return Workspace.open(directory, Layout.number(number));
    }

    /** The journal of a transaction. */
    public Transaction read(long number) throws IOException {
        try (Workspace workspace = open(number)) {
            return JournalReader.read(workspace.directory());
        }
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
