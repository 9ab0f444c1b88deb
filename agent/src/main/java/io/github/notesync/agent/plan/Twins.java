package io.github.notesync.agent.plan;

import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.RelativePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a file system ignores case: which path that a batch deletes is, on the disk, one that it adds. {@code pkg/M.py}
 * that becomes {@code pkg/m.py} is a delete and a put, and must not be placed first and deleted then. Pure.
 */
final class Twins {
    private final Map<RelativePath, RelativePath> byAdded = new HashMap<>();
    private final Map<RelativePath, Integer> slots = new HashMap<>();

    private Twins() {}

    /** None, where case counts. */
    static Twins among(List<Change> changes, boolean ignoresCase) {
        Twins twins = new Twins();
        if (!ignoresCase) {
            return twins;
        }
        Map<String, RelativePath> deleted = new HashMap<>();
        for (int slot = 0; slot < changes.size(); slot++) {
            if (changes.get(slot) instanceof Change.Delete delete) {
                deleted.put(delete.path().collisionKey(), delete.path());
                twins.slots.put(delete.path(), slot);
            }
        }
        for (Change change : changes) {
            RelativePath twin = deleted.get(change.path().collisionKey());
            if (twin != null && !twin.equals(change.path())) {
                twins.byAdded.put(change.path(), twin);
            }
        }
        return twins;
    }

    /** The deleted path that {@code added} is on the disk; null if there is none. */
    @Nullable
    RelativePath of(RelativePath added) {
        return byAdded.get(added);
    }

    /** The place of a delete among the changes. */
    int slot(RelativePath deleted) {
        return slots.getOrDefault(deleted, 0);
    }
}
