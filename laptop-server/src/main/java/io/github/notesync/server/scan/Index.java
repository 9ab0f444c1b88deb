package io.github.notesync.server.scan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.server.config.Roots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the source is known to hold, directory by directory, and what of it moved since the last sequence. One
 * thread at a time, except where a method says otherwise.
 *
 * <p>Nothing can move here without being noted: what a scan found before it failed is not lost. Lives across restarts in an {@link IndexFile}, so that a warm start reads stats only.
 */
public final class Index {
    /** By directory, "" for the root, its items by name. */
    private final Map<String, Map<String, Item>> directories = new HashMap<>();

    /** The name on disk of every path whose name is not NFC there. */
    private final Map<String, String> spelled = new ConcurrentHashMap<>();

    private Differences moved = new Differences();

    public Index() {
        directories.put("", new HashMap<>());
    }

    Map<String, Map<String, Item>> directories() {
        return directories;
    }

    /** The items of a directory by name; null where the index has no such directory. */
    @Nullable
    Map<String, Item> items(String directory) {
        return directories.get(directory);
    }

    boolean has(String directory) {
        return directories.containsKey(directory);
    }

    @Nullable
    Item item(String path) {
        Map<String, Item> items = directories.get(parent(path));
        return items == null ? null : items.get(name(path));
    }

    /** Where the file system has a path: names that are not NFC on disk are spelled as they are there. Any thread. */
    public Path onDisk(Roots roots, String path) {
        if (spelled.isEmpty() || roots.isRoot(path)) {
            return roots.onDisk(path);
        }
        return onDisk(roots, parent(path)).resolve(spelled.getOrDefault(path, name(path)));
    }

    /** @throws IllegalStateException if the index has no directory for it: no file may come without those above it */
    void put(String path, Item item) {
        Map<String, Item> siblings = directories.get(parent(path));
        if (siblings == null) {
            throw new IllegalStateException("the index has no directory for " + path);
        }
        Item before = siblings.get(name(path));
        moved.add(item.entry().path(), before == null ? null : before.entry(), item.entry());
        if (item.diskName() != null) {
            spelled.put(path, item.diskName());
        } else {
            spelled.remove(path);
        }
        siblings.put(name(path), item);
        if (item.isDirectory()) {
            directories.computeIfAbsent(path, d -> new HashMap<>());
        }
    }

    /** A whole directory at once, as it was remembered: nothing of it moved. */
    void put(String directory, Map<String, Item> items) {
        directories.put(directory, items);
        items.forEach((name, item) -> {
            if (item.diskName() != null) {
                spelled.put(child(directory, name), item.diskName());
            }
        });
    }

    /** Removes a path and all below it, telling the sink of each, children first. */
    void remove(String path, BiConsumer<String, Item> sink) {
        Map<String, Item> siblings = directories.get(parent(path));
        Item item = siblings == null ? null : siblings.get(name(path));
        if (siblings == null || item == null) {
            return;
        }
        if (item.isDirectory()) {
            Map<String, Item> inside = directories.getOrDefault(path, Map.of());
            for (String name : List.copyOf(inside.keySet())) {
                remove(path + "/" + name, sink);
            }
            directories.remove(path);
        }
        siblings.remove(name(path));
        spelled.remove(path);
        moved.add(item.entry().path(), item.entry(), null);
        sink.accept(path, item);
    }

    /** What moved since it was last forgotten: one difference for each path. */
    public List<Difference> moved() {
        return moved.list();
    }

    /** A sequence was made of what moved. */
    public void forgetMoved() {
        moved = new Differences();
    }

    /** Every entry, in no order. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(
                directories.values().stream().mapToInt(Map::size).sum());
        directories.values().forEach(items -> items.values().forEach(item -> entries.add(item.entry())));
        return entries;
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static String child(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }
}
