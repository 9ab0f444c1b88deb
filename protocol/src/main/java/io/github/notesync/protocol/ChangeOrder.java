package io.github.notesync.protocol;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Holds the changes of one manifest against each other, one by one: their order, at most one for a path, no file that is
 * also a directory, no two names that differ only by case. Keeps hashes, not paths: two of them are equal by accident
 * once in 10^8 of the largest manifests, and then that batch is refused. One thread.
 */
final class ChangeOrder {
    /** Directories, then files and links, both parents first; then deletes, children first. */
    static final Comparator<Change> CANONICAL = Comparator.comparingInt(Change::rank)
            .thenComparing((a, b) ->
                    a.rank() == 2 ? b.path().compareTo(a.path()) : a.path().compareTo(b.path()));

    private static final long NAMED = 1;
    private static final long LEAF = 2;
    private static final long PARENT = 4;

    private final LongTable marks = new LongTable();
    private final LongTable spellings = new LongTable();
    private @Nullable Change last;
    private @Nullable RelativePath lastParent;

    /** @throws ProtocolException {@code bad_request}, or {@code path_refused} with reason {@code collision} */
    void accept(Change change) throws ProtocolException {
        if (last != null && CANONICAL.compare(last, change) >= 0) {
            throw bad(change, "stands after " + last.path() + ", out of order or twice");
        }
        last = change;
        long key = hash(change.path().value());
        long mark = marks.get(key);
        if ((mark & NAMED) != 0) {
            throw bad(change, "has more than one change");
        }
        boolean leaf = change.rank() == 1;
        if ((mark & PARENT) != 0 && (leaf || change instanceof Change.Delete)) {
            throw bad(change, "is no directory afterwards, but something inside it changes");
        }
        marks.put(key, mark | NAMED | (leaf ? LEAF : 0));
        if (!(change instanceof Change.Delete)) {
            markParents(change);
            checkSpelling(change.path(), key);
        }
    }

    private void markParents(Change change) throws ProtocolException {
        RelativePath parent = change.path().parent();
        if (parent == null || parent.equals(lastParent)) {
            return;
        }
        lastParent = parent;
        for (RelativePath each = parent; each != null; each = each.parent()) {
            long key = hash(each.value());
            long mark = marks.get(key);
            if ((mark & LEAF) != 0) {
                throw bad(change, "is inside " + each + ", which is no directory");
            }
            if ((mark & PARENT) != 0) {
                return; // And so is each above it.
            }
            marks.put(key, mark | PARENT);
            checkSpelling(each, key);
        }
    }

    private void checkSpelling(RelativePath path, long key) throws ProtocolException {
        String fold = path.collisionKey();
        long folded = fold.equals(path.value()) ? key : hash(fold);
        long spelling = spellings.get(folded);
        if (spelling != 0 && spelling != key) {
            throw ProtocolException.pathRefused(path.value(), PathReason.COLLISION);
        }
        spellings.put(folded, key);
    }

    /** FNV-1a with a final mix; never 0, which marks an empty place. Who makes two paths collide harms his own batch. */
    private static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        hash ^= hash >>> 32;
        return hash == 0 ? 1 : hash;
    }

    private static ProtocolException bad(Change change, String why) {
        return new ProtocolException(
                ErrorCode.BAD_REQUEST,
                "path " + change.path() + " " + why,
                change.path().value(),
                null);
    }
}
