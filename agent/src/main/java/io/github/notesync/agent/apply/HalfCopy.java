package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
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
        return is(slots, Layout.slot(slot), parent, name);
    }

    private static boolean is(Directory from, String slot, Directory parent, String name) throws IOException {
        Stat there = parent.stat(name);
        Stat original = from.stat(slot);
        if (there == null || original == null || there.kind() != Kind.FILE || original.kind() != Kind.FILE) {
            return false;
        }
        if (there.size() > original.size()) {
            return false;
        }
        try (InputStream half = Channels.newInputStream(parent.read(name));
                InputStream whole = Channels.newInputStream(from.read(slot))) {
            byte[] expected = whole.readNBytes((int) Math.min(there.size(), PREFIX));
            return Arrays.equals(half.readNBytes(expected.length), expected);
        }
    }

    /**
     * Copies a directory, durably, over one of which some is there, after a crash in either direction: of each file, the
     * whole one of the two is there afterwards.
     */
    static void complete(Directory from, String name, Directory to, String toName) throws IOException {
        Stat stat = from.stat(name);
        Stat there = to.stat(toName);
        if (there == null) {
            Mover.copy(from, name, to, toName);
        } else if (stat != null && stat.kind() == Kind.DIRECTORY && there.kind() == Kind.DIRECTORY) {
            try (Directory source = from.open(name);
                    Directory copy = to.open(toName)) {
                for (String each : source.list()) {
                    complete(source, each, copy, each);
                }
                copy.force();
            }
        } else if (stat != null && there.size() < stat.size() && is(from, name, to, toName)) {
            Mover.copy(from, name, to, toName);
        }
    }
}
