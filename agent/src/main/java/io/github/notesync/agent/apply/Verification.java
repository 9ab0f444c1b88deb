package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Index;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the whole replica with the index.
 *
 * @param tree of what is really there, among what is managed
 */
public record Verification(TreeDigest tree, List<Difference> differences) {

    /** @param what {@code missing}, {@code edited}, {@code executable} or {@code type}; a word for programs */
    public record Difference(RelativePath path, String what) {}

    /** @param deep whether to read every file, instead of trusting an equal size */
    public static Verification of(Index index, Tree tree, Traits traits, boolean deep) throws IOException {
        TreeDigest digest = TreeDigest.EMPTY;
        List<Difference> differences = new ArrayList<>();
        for (Entry entry : index.sorted()) {
            Entry there = read(entry, tree, traits, deep);
            if (there != null) {
                digest = digest.with(there);
            }
            if (!entry.equals(there)) {
                differences.add(new Difference(entry.path(), what(entry, there, tree)));
            }
        }
        tree.forgetAll();
        return new Verification(digest, differences);
    }

    private static String what(Entry entry, @Nullable Entry there, Tree tree) throws IOException {
        if (there == null) {
            return tree.stat(entry.path()) == null ? "missing" : "type";
        }
        boolean sameContent = entry instanceof Entry.File a
                && there instanceof Entry.File b
                && a.digest().equals(b.digest());
        return sameContent ? "executable" : entry.getClass() == there.getClass() ? "edited" : "type";
    }

    private static @Nullable Entry read(Entry entry, Tree tree, Traits traits, boolean deep) throws IOException {
        RelativePath path = entry.path();
        Directory parent = tree.parent(path);
        Stat stat = parent == null ? null : parent.stat(path.name());
        if (parent == null || stat == null) {
            return null;
        }
        if (stat.kind() == Kind.DIRECTORY) {
            return new Entry.Directory(path);
        }
        if (entry instanceof Entry.Symlink link && traits.isThere(link, parent, stat)) {
            return entry;
        }
        if (stat.kind() == Kind.FILE) {
            boolean trusted = !deep && entry instanceof Entry.File file && file.size() == stat.size();
            Digest digest = trusted ? ((Entry.File) entry).digest() : Observer.digest(parent, path.name());
            return new Entry.File(path, stat.size(), digest, stat.executable());
        }
        return null;
    }
}
