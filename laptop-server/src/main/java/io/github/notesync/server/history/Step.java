package io.github.notesync.server.history;

import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.scan.Difference;
import java.util.List;

/**
 * How one sequence came out of the one before.
 *
 * @param base the tree digest of the sequence before
 * @param at when the first of it was seen, for people: milliseconds since 1970
 */
record Step(long sequence, TreeDigest base, List<Difference> differences, long at) {}
