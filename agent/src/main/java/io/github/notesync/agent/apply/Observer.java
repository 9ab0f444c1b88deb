package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.plan.Managed;
import io.github.notesync.agent.plan.Observed;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the disk for the planner: at every path that a batch names, by content, and at nothing else. Only for the
 * replica's thread.
 */
public final class Observer {
    private static final Managed NONE = new Managed() {
        @Override
        public @Nullable Entry entry(RelativePath path) {
            return null;
        }

        @Override
        public boolean isAdopted(RelativePath path) {
            return false;
        }
    };

    private final Tree tree;
    private final Managed managed;
    private final Traits traits;
    private final Map<RelativePath, Observed> seen = new HashMap<>();
    /** The names in a directory as they were written, where case is ignored. */
    private final Map<String, Set<String>> spelling = new HashMap<>();

    /** Directories that are not there: what should be in them needs no look. */
    private final Set<RelativePath> missing = new HashSet<>();

    private Observer(Tree tree, Managed managed, Traits traits) {
        this.tree = tree;
        this.managed = managed;
        this.traits = traits;
    }

    public static Map<RelativePath, Observed> observe(List<Change> changes, Tree tree, Managed managed, Traits traits)
            throws IOException {
        Observer observer = new Observer(tree, managed, traits);
        for (Change change : changes) {
            observer.observe(change);
        }
        return observer.seen;
    }

    private void observe(Change change) throws IOException {
        RelativePath path = change.path();
        if (!(change instanceof Change.Delete)) {
            observeParents(path.parent());
        }
        boolean replaced = change instanceof Change.Put || change instanceof Change.Symlink;
        see(path, replaced);
    }

    private void observeParents(@Nullable RelativePath parent) throws IOException {
        if (parent == null || seen.containsKey(parent)) {
            return;
        }
        observeParents(parent.parent());
        Stat stat = isMissing(parent) ? null : tree.stat(parent);
        if (stat != null && stat.kind() == Kind.DIRECTORY) {
            seen.put(parent, new Observed.Directory(stat, List.of(), List.of(), false));
        } else {
            see(parent, false);
        }
    }

    private void see(RelativePath path, boolean replaced) throws IOException {
        Observed observed = isMissing(path) ? Observed.ABSENT : look(path, replaced);
        if (!(observed instanceof Observed.Directory)) {
            missing.add(path);
        }
        seen.put(path, observed);
    }

    private boolean isMissing(RelativePath path) {
        RelativePath parent = path.parent();
        return parent != null && missing.contains(parent);
    }

    /** Looks at one path, without the question whether a directory holds anything foreign. */
    static Observed look(RelativePath path, Tree tree) throws IOException {
        return new Observer(tree, NONE, Traits.NONE).look(path, false);
    }

    private Observed look(RelativePath path, boolean replaced) throws IOException {
        Directory parent = tree.parent(path);
        Stat stat = parent == null ? null : parent.stat(path.name());
        if (parent == null || stat == null) {
            return Observed.ABSENT;
        }
        return switch (stat.kind()) {
            case FILE ->
                isMisspelt(parent, path)
                        ? new Observed.Other(stat)
                        : managed.entry(path) instanceof Entry.Symlink link && traits.isThere(link, parent, stat)
                                ? new Observed.Link(stat, link.digest())
                                : new Observed.File(stat, digest(parent, path.name()));
            case SYMLINK -> new Observed.Link(stat, Digest.of(parent.readSymlink(path.name())));
            case DIRECTORY -> directory(stat, parent, path, replaced);
            case OTHER -> new Observed.Other(stat);
        };
    }

    /** Where case is ignored: whether what is there has another name, and gives way instead of lending it. */
    private boolean isMisspelt(Directory parent, RelativePath path) throws IOException {
        if (!traits.ignoresCase()) {
            return false;
        }
        String directory = String.valueOf(path.parent());
        Set<String> names = spelling.get(directory);
        if (names == null) {
            names = new HashSet<>(parent.list());
            spelling.put(directory, names);
        }
        return !names.contains(path.name());
    }

    private Observed directory(Stat stat, Directory parent, RelativePath path, boolean replaced) throws IOException {
        try (Directory directory = parent.open(path.name())) {
            List<String> names = directory.list();
            return new Observed.Directory(
                    stat, names, Junk.in(directory, names), replaced && isForeign(directory, names, path));
        }
    }

    /** Whether anything below is neither junk nor just as notesync wrote it. */
    private boolean isForeign(Directory directory, List<String> names, RelativePath path) throws IOException {
        List<String> junk = Junk.in(directory, names);
        for (String name : names) {
            if (!junk.contains(name) && isForeign(directory, name, path)) {
                return true;
            }
        }
        return false;
    }

    private boolean isForeign(Directory directory, String name, RelativePath above) throws IOException {
        Stat stat = directory.stat(name);
        if (stat == null) {
            return false;
        }
        RelativePath path = RelativePath.refusal(above + "/" + name).isPresent() ? null : above.child(name);
        Entry ours = path == null ? null : managed.entry(path);
        if (path == null || ours == null) {
            return true;
        }
        if (stat.kind() == Kind.DIRECTORY) {
            try (Directory below = directory.open(name)) {
                return !(ours instanceof Entry.Directory) || isForeign(below, below.list(), path);
            }
        }
        if (ours instanceof Entry.Symlink link) {
            return !traits.isThere(link, directory, stat);
        }
        return stat.kind() != Kind.FILE || !Expect.of(ours).equals(Expect.file(digest(directory, name)));
    }

    static Digest digest(Directory directory, String name) throws IOException {
        try (SeekableByteChannel file = directory.read(name)) {
            return Digest.of(Channels.newInputStream(file));
        }
    }
}
