package io.github.notesync.agent.plan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All that a batch will do: to the disk, in this order, and to the index.
 *
 * @param removed entries that are managed no more
 * @param added entries that are managed from now on
 * @param adopted those of the added directories that were there already: they will never be removed
 * @param kept the user's bytes among what is set aside
 * @param losses managed files whose content will be nowhere in the replica
 */
public record Plan(
        List<Step> steps,
        List<Entry> removed,
        List<Entry> added,
        Set<RelativePath> adopted,
        List<Kept> kept,
        Set<RelativePath> losses) {

    /** How many paths are not what they were: a replaced one is removed and added, and counts once. */
    public int changedPaths() {
        Set<RelativePath> paths = new HashSet<>();
        added.forEach(entry -> paths.add(entry.path()));
        removed.forEach(entry -> paths.add(entry.path()));
        return paths.size();
    }
}
