package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The topmost directories that a batch makes. Each is staged whole: what belongs into it waits at
 * {@code stage/<slot of the directory>/<the rest of its path>}, so that one rename brings all of it to its place. Where
 * that cannot be, because somebody has such a directory already, it is taken apart again. With none added, every file
 * waits at {@code stage/<its own slot>}. One thread at a time.
 */
public final class WholeDirectories {
    private final Map<String, Integer> slots = new HashMap<>();
    /** By the slot of a file or link that is inside one. */
    private final List<@Nullable String> origins = new ArrayList<>();

    private List<Change> changes = List.of();

    /** A directory that the batch makes; those above it came before. */
    void add(int slot, RelativePath directory) {
        if (inside(directory) == null) {
            slots.put(directory.value(), slot);
        }
    }

    /** Now that all changes of the batch are known. */
    void complete(List<Change> all) {
        changes = all;
    }

    /** The slot of a directory that is staged whole; null if it is none. */
    public @Nullable Integer slot(RelativePath directory) {
        return slots.get(directory.value());
    }

    /** Where below {@code stage/} a path waits that is inside such a directory; null if it is not. */
    @Nullable
    String inside(RelativePath path) {
        String value = path.value();
        for (int slash = value.indexOf('/'); slash >= 0 && !slots.isEmpty(); slash = value.indexOf('/', slash + 1)) {
            Integer slot = slots.get(value.substring(0, slash));
            if (slot != null) {
                return Layout.slot(slot) + value.substring(slash);
            }
        }
        return null;
    }

    void note(int slot, String origin) {
        while (origins.size() <= slot) {
            origins.add(null);
        }
        origins.set(slot, origin);
    }

    /** The origin of a file that was staged inside a directory; null for another. */
    public @Nullable String origin(int slot) {
        return slot < origins.size() ? origins.get(slot) : null;
    }

    /** Takes those apart that do not find their place free: from now on what was in them waits by its own slot. */
    public void keepOnly(Map<RelativePath, Integer> free, Directory stage) throws IOException {
        Map<RelativePath, Integer> files = new HashMap<>();
        if (slots.size() > free.size()) {
            for (int slot = 0; slot < changes.size(); slot++) {
                files.put(changes.get(slot).path(), slot);
            }
        }
        for (Iterator<Map.Entry<String, Integer>> each = slots.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<String, Integer> one = each.next();
            RelativePath directory = new RelativePath(one.getKey());
            if (!free.containsKey(directory)) {
                takeApart(stage, one.getValue(), directory, files);
                each.remove();
            }
        }
    }

    /**
     * Moves what is in a staged directory to {@code stage/<its own slot>}. Can be cut short and begun again.
     *
     * @param files the slot of each file and link
     */
    public static void takeApart(Directory stage, int slot, RelativePath path, Map<RelativePath, Integer> files)
            throws IOException {
        if (stage.stat(Layout.slot(slot)) != null) {
            empty(stage, Layout.slot(slot), path, files, stage);
        }
    }

    private static void empty(
            Directory in, String name, RelativePath path, Map<RelativePath, Integer> files, Directory stage)
            throws IOException {
        try (Directory directory = in.open(name)) {
            for (String each : directory.list()) {
                Stat stat = directory.stat(each);
                RelativePath child = path.child(each);
                if (stat != null && stat.kind() == Kind.DIRECTORY) {
                    empty(directory, each, child, files, stage);
                } else {
                    Integer slot = Objects.requireNonNull(files.get(child), "only what has a slot is staged");
                    Mover.move(directory, each, stage, Layout.slot(slot));
                }
            }
        }
        in.deleteDirectory(name);
    }
}
