package io.github.notesync.server.history;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.GitState;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.scan.Difference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One unbroken history of the source: the newest sequence whole, and how the last ones came about, with what each path
 * was before. Bounded: a cursor that is too old is answered like an unknown one. Any thread.
 */
public final class History {
    private static final int MAX_STEPS = 2_000;
    /** Each holds two entries, about 300 bytes. */
    private static final int MAX_CHANGES = 50_000;

    private final Map<RelativePath, Entry> entries = new HashMap<>();
    /** One path for each content; enough to find a copy. */
    private final Map<Digest, RelativePath> byDigest = new HashMap<>();

    private final Deque<Step> steps = new ArrayDeque<>();
    private int keptChanges;
    private long bytes;
    private int files;
    private Cursor cursor;
    private TreeDigest tree = TreeDigest.EMPTY;
    private @Nullable GitState git;
    /** Of an earlier run, not yet held. */
    private Collection<Entry> remembered = List.of();

    private History(Cursor cursor) {
        this.cursor = cursor;
    }

    /** A new epoch, at the empty tree. */
    public static History begin() {
        return new History(new Cursor(Id.random(), 0));
    }

    /**
     * The history of an earlier run that ended cleanly.
     *
     * @param tree the tree digest of {@code entries}
     */
    public static History resume(Cursor cursor, TreeDigest tree, Collection<Entry> entries) {
        History history = new History(cursor);
        history.tree = tree;
        for (Entry each : entries) {
            history.count(each);
        }
        history.remembered = entries;
        return history;
    }

    /**
     * Has the entries of an earlier run at hand. A hundred thousand take a while, which nobody has to wait for at the
     * start: it is done by the first who needs them, or before that by who has time.
     */
    public synchronized void fill() {
        remembered.forEach(this::hold);
        remembered = List.of();
    }

    /** Takes in what changed now: the next sequence. */
    public Cursor commit(List<Difference> differences, @Nullable GitState newGit) {
        return commit(differences, newGit, System.currentTimeMillis());
    }

    /** Takes in what changed, the first of it at a time in milliseconds since 1970: the next sequence. */
    public synchronized Cursor commit(List<Difference> differences, @Nullable GitState newGit, long at) {
        fill();
        TreeDigest base = tree;
        for (Difference each : differences) {
            set(each.path(), each.before(), each.after());
        }
        cursor = cursor.next();
        git = newGit;
        steps.addLast(new Step(cursor.sequence(), base, List.copyOf(differences), at));
        keptChanges += differences.size();
        while (steps.size() > 1 && (steps.size() > MAX_STEPS || keptChanges > MAX_CHANGES)) {
            keptChanges -= steps.removeFirst().differences().size();
        }
        notifyAll();
        return cursor;
    }

    private void set(RelativePath path, @Nullable Entry before, @Nullable Entry after) {
        if (before != null) {
            entries.remove(path);
            tree = tree.without(before);
            if (before instanceof Entry.File file) {
                byDigest.remove(file.digest(), path);
                bytes -= file.size();
                files--;
            }
        }
        if (after != null) {
            tree = tree.with(after);
            add(after);
        }
    }

    private void add(Entry entry) {
        hold(entry);
        count(entry);
    }

    private void hold(Entry entry) {
        entries.put(entry.path(), entry);
        if (entry instanceof Entry.File file) {
            byDigest.put(file.digest(), entry.path());
        }
    }

    private void count(Entry entry) {
        if (entry instanceof Entry.File file) {
            bytes += file.size();
            files++;
        }
    }

    public synchronized Cursor cursor() {
        return cursor;
    }

    public synchronized TreeDigest tree() {
        return tree;
    }

    public synchronized @Nullable GitState git() {
        return git;
    }

    /** The number of files and their bytes. */
    public synchronized Size size() {
        return new Size(files, bytes);
    }

    public record Size(int files, long bytes) {}

    /** Waits until the newest sequence is not {@code known}, or so many milliseconds. */
    public synchronized void awaitNewer(Cursor known, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (cursor.equals(known)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    /** When the first change after {@code from} was seen, for people; null where that is not known any more. */
    public synchronized @Nullable Long savedAfter(Cursor from) {
        if (!from.epoch().equals(cursor.epoch())
                || steps.isEmpty()
                || steps.getFirst().sequence() > from.sequence() + 1) {
            return null;
        }
        for (Step step : steps) {
            if (step.sequence() > from.sequence()) {
                return step.at();
            }
        }
        return null;
    }

    /** From a replica at {@code from} whose tree is {@code base}; empty when this history knows no such point. */
    public synchronized Optional<Delta> since(Cursor from, TreeDigest base) {
        if (!from.epoch().equals(cursor.epoch()) || from.sequence() > cursor.sequence()) {
            return Optional.empty();
        }
        if (from.sequence() == cursor.sequence()) {
            return base.equals(tree) ? Optional.of(delta(from, base, List.of())) : Optional.empty();
        }
        if (steps.isEmpty() || steps.getFirst().sequence() > from.sequence() + 1) {
            return Optional.empty();
        }
        Map<RelativePath, Difference> joined = new LinkedHashMap<>();
        boolean found = false;
        for (Step step : steps) {
            if (step.sequence() <= from.sequence()) {
                continue;
            }
            if (!found && !step.base().equals(base)) {
                return Optional.empty();
            }
            found = true;
            for (Difference each : step.differences()) {
                Difference earlier = joined.get(each.path());
                joined.put(
                        each.path(),
                        earlier == null ? each : new Difference(each.path(), earlier.before(), each.after()));
            }
        }
        return Optional.of(delta(from, base, effective(joined.values())));
    }

    /** From a replica that holds exactly these entries. */
    public synchronized Delta from(Collection<Entry> replica, TreeDigest base) {
        fill();
        Map<RelativePath, Entry> left = new HashMap<>(entries);
        List<Difference> differences = new ArrayList<>();
        for (Entry has : replica) {
            Entry wanted = left.remove(has.path());
            differences.add(new Difference(has.path(), has, wanted));
        }
        left.values().forEach(wanted -> differences.add(new Difference(wanted.path(), null, wanted)));
        return delta(null, base, effective(differences));
    }

    /** The entry that this history has, if it equals {@code other}, so that equal ones are kept once. */
    public synchronized Entry same(Entry other) {
        fill();
        Entry own = entries.get(other.path());
        return own != null && own.equals(other) ? own : other;
    }

    /** A path that holds this content now; null if none is known. */
    public synchronized @Nullable RelativePath holder(Digest digest) {
        fill();
        return byDigest.get(digest);
    }

    private Delta delta(@Nullable Cursor from, TreeDigest base, List<Difference> differences) {
        return new Delta(from, base, cursor, tree, git, differences);
    }

    private static List<Difference> effective(Collection<Difference> all) {
        return all.stream()
                .filter(each -> !Objects.equals(each.before(), each.after()))
                .toList();
    }
}
