package io.github.notesync.server.history;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.GitState;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.scan.Difference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What leads from a replica to the newest sequence.
 *
 * @param from null when the replica was known by its manifest only
 * @param base what the replica has
 */
public record Delta(
        @Nullable Cursor from,
        TreeDigest base,
        Cursor to,
        TreeDigest tree,
        @Nullable GitState git,
        List<Difference> differences) {}
