package io.github.notesync.agent.journal;

import io.github.notesync.agent.plan.Managed;
import io.github.notesync.agent.plan.Plan;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What notesync wrote into the replica and still manages, with the digests that it wrote, and where the replica stands.
 * In memory; {@link IndexFile} keeps it. A batch changes it in time proportional to the batch. Only for the replica's
 * thread.
 */
public final class Index implements Managed {
    private final Map<RelativePath, Entry> entries = new HashMap<>();
    private final Set<RelativePath> adopted = new HashSet<>();
    private int files;
    private TreeDigest tree = TreeDigest.EMPTY;
    private @Nullable Cursor cursor;
    private long number;

    @Override
    public @Nullable Entry entry(RelativePath path) {
        return entries.get(path);
    }

    @Override
    public boolean isAdopted(RelativePath path) {
        return adopted.contains(path);
    }

    /** The tree digest that the index will have after {@code plan}. */
    public TreeDigest treeAfter(Plan plan) {
        return tree.withoutAll(plan.removed()).withAll(plan.added());
    }

    /** Takes in what {@code transaction} did. */
    public void apply(Transaction transaction) {
        Plan plan = transaction.plan();
        change(plan.removed(), plan.added(), plan.adopted());
        stand(transaction.number(), transaction.to(), transaction.toTree());
    }

    void change(List<Entry> removed, List<Entry> added, Set<RelativePath> newlyAdopted) {
        for (Entry entry : removed) {
            if (entries.remove(entry.path()) instanceof Entry.File) {
                files--;
            }
            adopted.remove(entry.path());
        }
        for (Entry entry : added) {
            if (entry instanceof Entry.File) {
                files++;
            }
            if (entries.put(entry.path(), entry) instanceof Entry.File) {
                files--;
            }
        }
        adopted.addAll(newlyAdopted);
    }

    void stand(long atNumber, @Nullable Cursor atCursor, TreeDigest atTree) {
        number = atNumber;
        cursor = atCursor;
        tree = atTree;
    }

    /** All entries in the order of their paths. */
    public List<Entry> sorted() {
        List<Entry> all = new ArrayList<>(entries.values());
        all.sort(Comparator.comparing(Entry::path));
        return all;
    }

    public int size() {
        return entries.size();
    }

    public int files() {
        return files;
    }

    public TreeDigest tree() {
        return tree;
    }

    /** Null before the first batch. */
    public @Nullable Cursor cursor() {
        return cursor;
    }

    /** The last transaction that is in it. */
    public long number() {
        return number;
    }

    void clear() {
        entries.clear();
        adopted.clear();
        files = 0;
        stand(0, null, TreeDigest.EMPTY);
    }
}
