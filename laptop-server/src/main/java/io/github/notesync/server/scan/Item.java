package io.github.notesync.server.scan;

import io.github.notesync.protocol.Entry;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the index: what the source had at a path, and the stat that goes with it.
 *
 * @param racy the stat cannot vouch for the content; the next look reads it again
 * @param diskName how the file system spells the name, where that is not NFC; else null
 */
record Item(Entry entry, Stat stat, boolean racy, @Nullable String diskName) {
    boolean isDirectory() {
        return entry instanceof Entry.Directory;
    }

    Item withStat(Stat newer, boolean stillRacy) {
        return new Item(entry, newer, stillRacy, diskName);
    }
}
