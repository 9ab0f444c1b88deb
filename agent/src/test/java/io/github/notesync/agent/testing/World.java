package io.github.notesync.agent.testing;

import io.github.notesync.agent.disk.Kind;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file system as values: inodes, and a log of everything that was done to them. From the log the state after a power
 * cut can be made, with what was not forced to the disk lost in one way or another.
 */
final class World {
    static final int ROOT = 1;

    /** One inode. */
    static final class Node {
        final Kind kind;
        final TreeMap<String, Integer> names;
        byte[] content = {};
        String target = "";
        long modified;
        boolean executable;

        Node(Kind kind, boolean ignoresCase) {
            this.kind = kind;
            this.names = ignoresCase ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new TreeMap<>();
        }

        Node copy() {
            Node copy = new Node(kind, names.comparator() != null);
            copy.names.putAll(names);
            copy.content = content;
            copy.target = target;
            copy.modified = modified;
            copy.executable = executable;
            return copy;
        }
    }

    /** Something that was done. Names are changed by those with {@code isNames}. */
    sealed interface Op {
        record Make(int in, String name, int node, Kind kind, String target, boolean executable, long time)
                implements Op {}

        record Link(int in, String name, int node) implements Op {}

        record Rename(int in, String name, int to, String toName) implements Op {}

        record Remove(int in, String name) implements Op {}

        record Modified(int node, long time) implements Op {}

        record Executable(int node, boolean executable) implements Op {}

        record Write(int node, byte[] bytes, boolean truncates, long time) implements Op {}

        record ForceNames(int node) implements Op {}

        record ForceContent(int node) implements Op {}
    }

    final Map<Integer, Node> nodes = new HashMap<>();
    final List<Op> log = new ArrayList<>();
    int lastNode = ROOT;
    long clock = 1_700_000_000_000_000_000L;

    /** Two names that differ only in case are one; what is written anew keeps the case that was there. */
    final boolean ignoresCase;

    World(boolean ignoresCase) {
        this.ignoresCase = ignoresCase;
        nodes.put(ROOT, new Node(Kind.DIRECTORY, ignoresCase));
    }

    /** A world with the same content and an empty log: all of it is durable. */
    World durableCopy() {
        World copy = new World(ignoresCase);
        nodes.forEach((id, node) -> copy.nodes.put(id, node.copy()));
        copy.lastNode = lastNode;
        copy.clock = clock;
        return copy;
    }

    long tick() {
        clock += 1_000_000;
        return clock;
    }

    void perform(Op op) {
        log.add(op);
        apply(op, true);
    }

    /** Does nothing if what the operation needs is not there. */
    private void apply(Op op, boolean withContent) {
        if (op instanceof Op.Make make) {
            Node node = new Node(make.kind(), ignoresCase);
            node.target = make.target();
            node.executable = make.executable();
            node.modified = make.time();
            if (nodes.containsKey(make.in())) {
                nodes.put(make.node(), node);
                nodes.get(make.in()).names.put(make.name(), make.node());
            }
        } else if (op instanceof Op.Link link) {
            if (nodes.containsKey(link.in()) && nodes.containsKey(link.node())) {
                nodes.get(link.in()).names.put(link.name(), link.node());
            }
        } else if (op instanceof Op.Rename rename) {
            Node from = nodes.get(rename.in());
            Node to = nodes.get(rename.to());
            Integer moved = from == null ? null : from.names.get(rename.name());
            if (from != null && to != null && moved != null && !moved.equals(to.names.get(rename.toName()))) {
                from.names.remove(rename.name());
                to.names.put(rename.toName(), moved);
            }
        } else if (op instanceof Op.Remove remove) {
            if (nodes.containsKey(remove.in())) {
                nodes.get(remove.in()).names.remove(remove.name());
            }
        } else if (op instanceof Op.Modified modified) {
            if (nodes.containsKey(modified.node())) {
                nodes.get(modified.node()).modified = modified.time();
            }
        } else if (op instanceof Op.Executable set) {
            if (nodes.containsKey(set.node())) {
                nodes.get(set.node()).executable = set.executable();
            }
        } else if (op instanceof Op.Write write && nodes.containsKey(write.node())) {
            Node node = nodes.get(write.node());
            node.modified = write.time();
            if (withContent) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(write.truncates() ? new byte[0] : node.content);
                all.writeBytes(write.bytes());
                node.content = all.toByteArray();
            }
        }
    }

    /** What becomes of content that was never forced. */
    enum Unforced {
        LOST,
        TORN,
        WHOLE
    }

    /**
     * As after a power cut on a file system with a journal of its own (ext4, xfs): names and times survive up to some
     * moment, at least the last force of anything.
     *
     * @param start the world before the log
     * @param cut how much of the log had happened
     * @param survived how much of the names survived, at least {@link #forcedUpTo}
     */
    World afterPowerCut(World start, int cut, int survived, Unforced unforced) {
        World after = start.durableCopy();
        for (int i = 0; i < survived; i++) {
            Op op = log.get(i);
            boolean whole = unforced == Unforced.WHOLE || op instanceof Op.Write w && isForced(w.node(), i, cut);
            after.apply(op, whole);
            if (!whole && unforced == Unforced.TORN && op instanceof Op.Write w) {
                after.tear(w);
            }
        }
        after.lastNode = lastNode;
        after.clock = clock;
        return after;
    }

    private void tear(Op.Write write) {
        Node node = nodes.get(write.node());
        if (node != null && node.content.length == 0 && write.bytes().length > 1) {
            byte[] torn = new byte[write.bytes().length];
            System.arraycopy(write.bytes(), 0, torn, 0, torn.length / 2);
            node.content = torn;
        }
    }

    /**
     * The least that POSIX promises: each directory has the names, and each file the content, that it had when it was
     * forced last. A file that was moved may be in two places, or in none; a directory never is in two.
     */
    World afterStrictPowerCut(World start, int cut) {
        World live = start.durableCopy();
        World after = start.durableCopy();
        for (int i = 0; i < cut; i++) {
            Op op = log.get(i);
            live.apply(op, true);
            if (op instanceof Op.ForceNames names) {
                Node node = after.nodes.computeIfAbsent(names.node(), id -> new Node(Kind.DIRECTORY, ignoresCase));
                node.names.clear();
                node.names.putAll(live.nodes.get(names.node()).names);
                after.keepDirectoriesSingle(names.node(), live);
            } else if (op instanceof Op.ForceContent content) {
                after.nodes.put(content.node(), live.nodes.get(content.node()).copy());
            }
        }
        live.nodes.forEach((id, node) -> after.nodes.computeIfAbsent(id, unforced -> {
            Node empty = new Node(node.kind, ignoresCase);
            empty.target = node.target;
            return empty;
        }));
        after.lastNode = lastNode;
        after.clock = clock;
        return after;
    }

    private void keepDirectoriesSingle(int in, World live) {
        for (int child : nodes.get(in).names.values()) {
            if (live.nodes.get(child).kind == Kind.DIRECTORY) {
                nodes.forEach((id, node) -> {
                    if (id != in) {
                        node.names.values().removeIf(other -> other == child);
                    }
                });
            }
        }
    }

    /** The last operation before {@code cut} that forced anything. */
    int forcedUpTo(int cut) {
        for (int i = cut; i > 0; i--) {
            Op op = log.get(i - 1);
            if (op instanceof Op.ForceNames || op instanceof Op.ForceContent) {
                return i;
            }
        }
        return 0;
    }

    private boolean isForced(int node, int at, int cut) {
        return log.subList(at, cut).stream().anyMatch(op -> op instanceof Op.ForceContent f && f.node() == node);
    }
}
