package io.github.notesync.server.diff;

import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.Source;
import io.github.notesync.server.scan.Difference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns differences into the changes of a manifest, in any order. */
public final class Changes {
    private Changes() {}

    /** @param bases what may be taken from the replica instead of being sent */
    public static List<Change> of(List<Difference> differences, Bases bases) {
        List<Change> changes = new ArrayList<>(differences.size());
        for (Difference each : differences) {
            changes.add(change(each, bases));
        }
        return changes;
    }

    private static Change change(Difference difference, Bases bases) {
        RelativePath path = difference.path();
        Entry before = difference.before();
        Entry after = difference.after();
        Expect expect = before == null ? Expect.ABSENT : Expect.of(before);
        if (after == null) {
            return new Change.Delete(path, expect);
        }
        if (after instanceof Entry.Directory) {
            return new Change.Mkdir(path, expect);
        }
        if (after instanceof Entry.Symlink link) {
            return new Change.Symlink(path, link.target(), expect);
        }
        Entry.File file = (Entry.File) after;
        if (before instanceof Entry.File old && old.digest().equals(file.digest())) {
            return new Change.Chmod(path, file.executable(), file.digest());
        }
        return new Change.Put(path, file.size(), file.digest(), file.executable(), expect, source(before, file, bases));
    }

    private static Source source(@Nullable Entry before, Entry.File file, Bases bases) {
        if (file.size() == 0) {
            return Source.PAYLOAD;
        }
        RelativePath holder = bases.holder(file.digest());
        if (holder != null) {
            return new Source.Copy(holder);
        }
        Source pieces = before instanceof Entry.File old ? bases.pieces(old, file) : null;
        return pieces == null ? Source.PAYLOAD : pieces;
    }
}
