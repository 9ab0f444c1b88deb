package io.github.notesync.server.scan;

import io.github.notesync.server.ignore.IgnoreRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Notices that the rule files of a directory changed, so that all below it is judged anew. One thread at a time. */
final class RuleFiles {
    private final IgnoreRules rules;
    /** By directory, the stat of each file; a root has an entry, others only where there is a file. */
    private final Map<String, List<@Nullable Stat>> known = new HashMap<>();

    RuleFiles(IgnoreRules rules) {
        this.rules = rules;
    }

    /** Reads them if they moved; returns whether they did. */
    boolean refresh(String directory, Path onDisk, List<Seen> names, StatReader stats) throws IOException {
        List<@Nullable Stat> now = new ArrayList<>();
        boolean any = rules.isRoot(directory);
        if (any) {
            // Of a repository that may have been made since.
            now.add(stat(onDisk.resolve(IgnoreRules.GIT_EXCLUDE), stats));
        }
        for (Seen each : names) {
            if (IgnoreRules.isRuleFile(each.diskName())) {
                any = true;
                now.add(stat(onDisk.resolve(IgnoreRules.decidingFile(each.diskName())), stats));
            }
        }
        List<@Nullable Stat> before = known.get(directory);
        boolean moved = any ? !now.equals(before) : before != null;
        if (moved) {
            rules.enter(directory, onDisk);
            remember(directory, any ? now : null);
        }
        return moved;
    }

    /** Only what was read is known. */
    private void remember(String directory, @Nullable List<@Nullable Stat> stats) {
        if (stats == null) {
            known.remove(directory);
        } else {
            known.put(directory, stats);
        }
    }

    void forget(String directory) {
        if (known.remove(directory) != null) {
            rules.leave(directory);
        }
    }

    private static @Nullable Stat stat(Path file, StatReader stats) {
        try {
            return stats.read(file);
        } catch (IOException e) {
            return null;
        }
    }
}
