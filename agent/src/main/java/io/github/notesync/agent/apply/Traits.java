package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import java.io.IOException;
import java.util.List;

/**
 * What a file system does in another way, as far as a batch has to be planned for it. Immutable.
 *
 * @param ignoresCase two names that differ only in case are one
 * @param noSymlinks a link is a small file that holds its target
 * @param canRename a directory comes to its place in one instant
 */
public record Traits(boolean ignoresCase, boolean noSymlinks, boolean canRename) {
    static final Traits NONE = new Traits(false, false, true);

    /** @param found what {@link Probe} found */
    public static Traits of(List<Probe.Weakness> found) {
        return new Traits(has(found, Probe.IGNORES_CASE), has(found, Probe.NO_SYMLINKS), !has(found, Probe.NO_RENAME));
    }

    private static boolean has(List<Probe.Weakness> found, String code) {
        return found.stream().anyMatch(each -> each.code().equals(code));
    }

    /** Whether {@code link} is there: as a link, or as the file that stands for it where there are no links. */
    boolean isThere(Entry.Symlink link, Directory parent, Stat there) throws IOException {
        String name = link.path().name();
        if (there.kind() == Kind.SYMLINK) {
            return Digest.of(parent.readSymlink(name)).equals(link.digest());
        }
        return noSymlinks
                && there.kind() == Kind.FILE
                && Observer.digest(parent, name).equals(link.digest());
    }
}
