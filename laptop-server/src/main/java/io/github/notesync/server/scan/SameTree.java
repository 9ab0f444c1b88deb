package io.github.notesync.server.scan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.server.config.Roots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a directory holds the very files that an index remembers, wherever it lay then. A file that was copied has
 * another number, and one that was copied with its times still another time of its own last change.
 */
public final class SameTree {
    /** So many are looked at. */
    private static final int SAMPLE = 500;

    private SameTree() {}

    /** Half of them must be as they were; false where the index cannot be read or vouches for nothing. */
    public static boolean isRemembered(Path indexFile, Path directory) {
        Optional<IndexFile.Content> content = IndexFile.read(indexFile, new ChunkLists());
        if (content.isEmpty()) {
            return false;
        }
        Index index = content.get().index();
        Roots roots = new Roots(directory, Map.of());
        StatReader stats = new StatReader(directory);
        int looked = 0;
        int same = 0;
        for (Map.Entry<String, Map<String, Item>> each : index.directories().entrySet()) {
            for (Map.Entry<String, Item> item : each.getValue().entrySet()) {
                if (!isProof(item.getValue())) {
                    continue;
                }
                Path path = index.onDisk(roots, Index.child(each.getKey(), item.getKey()));
                same += isAsItWas(path, item.getValue().stat(), stats) ? 1 : 0;
                if (++looked == SAMPLE) {
                    return isEnough(same, looked);
                }
            }
        }
        return isEnough(same, looked);
    }

    private static boolean isEnough(int same, int looked) {
        return same > 0 && same * 2 >= looked;
    }

    private static boolean isProof(Item item) {
        return item.entry() instanceof Entry.File
                && !item.racy()
                && item.stat().inode() != 0
                && item.stat().changed() != 0;
    }

    private static boolean isAsItWas(Path path, Stat before, StatReader stats) {
        try {
            return stats.read(path).equals(before);
        } catch (IOException e) {
            return false;
        }
    }
}
