package io.github.notesync.server.scan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects what changed, one difference for each path however often it is touched. One thread at a time. */
final class Differences {
    private final Map<RelativePath, Difference> byPath = new LinkedHashMap<>();

    void add(RelativePath path, @Nullable Entry before, @Nullable Entry after) {
        Difference earlier = byPath.get(path);
        byPath.put(path, new Difference(path, earlier == null ? before : earlier.before(), after));
    }

    /** Those that still differ. */
    List<Difference> list() {
        List<Difference> result = new ArrayList<>(byPath.size());
        for (Difference each : byPath.values()) {
            if (!Objects.equals(each.before(), each.after())) {
                result.add(each);
            }
        }
        return result;
    }
}
