package io.github.notesync.agent.plan;

import io.github.notesync.protocol.RelativePath;
import java.util.Set;

/**
 * Paths at which nothing that is there is exchanged or deleted: only what notesync manages there changes.
 *
 * @param open documents that a kernel's front end has open; the laptop's version is kept for the user
 * @param lost paths of which a rollback no longer has the old content, because what was there had been spared
 */
public record Spared(Set<RelativePath> open, Set<RelativePath> lost) {
    boolean contains(RelativePath path) {
        return open.contains(path) || lost.contains(path);
    }
}
