package io.github.notesync.agent.plan;

import io.github.notesync.agent.disk.Stat;
import io.github.notesync.protocol.Digest;
import java.util.List;

/** What the disk has at one path, before a batch. */
public sealed interface Observed {
    Observed ABSENT = new Absent();

    record Absent() implements Observed {}

    record File(Stat stat, Digest digest) implements Observed {}

    /** @param digest of the target's UTF-8 */
    record Link(Stat stat, Digest digest) implements Observed {}

    /**
     * @param names all that is in it
     * @param junk those of {@code names} that no person wrote: {@code __pycache__} and the like
     * @param foreign whether something in it, at any depth, is neither junk nor what notesync wrote; only looked at
     *     where a batch puts something else in its place
     */
    record Directory(Stat stat, List<String> names, List<String> junk, boolean foreign) implements Observed {}

    /** What nobody reads: a pipe, socket or device; or a file whose name is another one, were case not ignored. */
    record Other(Stat stat) implements Observed {}
}
