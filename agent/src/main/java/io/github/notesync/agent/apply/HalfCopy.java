package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.Arrays;

/**
 * Recognises a copy of our own that a crash cut short, where files are moved by copying: it begins as the original does,
 * which is still there.
 */
final class HalfCopy {
    /** Enough to tell a beginning of our own file from anything else. */
    private static final int PREFIX = 1 << 20;

    private HalfCopy() {}

    /** Whether {@code there} is the beginning, or all, of what the slot holds. */
    static boolean is(Directory slots, int slot, Directory parent, String name) throws IOException {
        Stat there = parent.stat(name);
        Stat original = slots.stat(Layout.slot(slot));
        if (there == null || original == null || there.kind() != Kind.FILE || original.kind() != Kind.FILE) {
            return false;
        }
        if (there.size() > original.size()) {
            return false;
        }
        try (InputStream half = Channels.newInputStream(parent.read(name));
                InputStream whole = Channels.newInputStream(slots.read(Layout.slot(slot)))) {
            byte[] expected = whole.readNBytes((int) Math.min(there.size(), PREFIX));
            return Arrays.equals(half.readNBytes(expected.length), expected);
        }
    }
}
