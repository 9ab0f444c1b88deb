package io.github.notesync.agent.journal;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.ProtocolException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The directory {@code .notesync/} of one replica, open and locked: one agent at a time. It is on the file system of the
 * replica, so that everything can be moved between them.
 */
public final class Home implements Closeable {
    private static final String FIRST_LINE = "notesync replica ";
    private static final int VERSION = 1;

    private final Directory home;
    private final Closeable lock;
    private final Directory transactions;
    private final Directory history;
    private final Directory kept;
    private final Directory scratch;
    private final Directory incoming;
    private final Id replica;

    private Home(Directory home, Closeable lock) throws IOException {
        this.home = home;
        this.lock = lock;
        this.replica = readFormat(home);
        this.transactions = part(home, Layout.TRANSACTIONS);
        this.history = part(home, Layout.HISTORY);
        this.kept = part(home, Layout.KEPT);
        this.scratch = part(home, Layout.SCRATCH);
        this.incoming = part(home, Layout.INCOMING);
    }

    /**
     * Opens the home below {@code root}, making what is missing.
     *
     * @throws ProtocolException {@code root_refused} if another agent has it, {@code journal_newer}
     */
    public static Home open(Directory root) throws IOException {
        Directory home = part(root, Layout.HOME);
        @Nullable Closeable lock = null;
        try {
            lock = lock(home);
            return new Home(home, lock);
        } catch (IOException | RuntimeException e) {
            home.close();
            if (lock != null) {
                lock.close();
            }
            throw e;
        }
    }

    private static Directory part(Directory in, String name) throws IOException {
        Stat there = in.stat(name);
        if (there == null) {
            in.makeDirectory(name, true);
        } else if (there.kind() != Kind.DIRECTORY) {
            throw new ProtocolException(
                    ErrorCode.ROOT_REFUSED, in.path().resolve(name) + " is not a directory, and notesync needs it");
        }
        return in.open(name);
    }

    private static Closeable lock(Directory home) throws IOException {
        Closeable held = home.lock(Layout.LOCK);
        if (held == null) {
            throw new ProtocolException(
                    ErrorCode.ROOT_REFUSED, home.path().getParent() + " is in use by another notesync agent");
        }
        return held;
    }

    /** The id of the replica that is at {@code root} now; null if there is none. */
    public static @Nullable Id replicaAt(Directory root) throws IOException {
        Stat there = root.stat(Layout.HOME);
        if (there == null || there.kind() != Kind.DIRECTORY) {
            return null;
        }
        try (Directory home = root.open(Layout.HOME)) {
            return home.stat(Layout.FORMAT) == null ? null : readFormat(home);
        }
    }

    private static Id readFormat(Directory home) throws IOException {
        if (home.stat(Layout.FORMAT) != null) {
            try (SeekableByteChannel in = home.read(Layout.FORMAT)) {
                String[] lines =
                        new String(Channels.newInputStream(in).readAllBytes(), StandardCharsets.UTF_8).split("\n", -1);
                if (lines.length > 2 && lines[0].matches(FIRST_LINE + "[0-9]{1,9}")) {
                    checkVersion(home, Integer.parseInt(lines[0].substring(FIRST_LINE.length())));
                    return Id.parse(lines[1]);
                }
            }
            // Cut short when it was first written: the replica has not been used yet.
            home.deleteFile(Layout.FORMAT);
        }
        Id replica = Id.random();
        try (OutputFile out = home.create(Layout.FORMAT, false)) {
            out.write(ByteBuffer.wrap((FIRST_LINE + VERSION + "\n" + replica + "\n").getBytes(StandardCharsets.UTF_8)));
            out.force();
        }
        home.force();
        return replica;
    }

    private static void checkVersion(Directory home, int version) throws ProtocolException {
        if (version > VERSION) {
            throw new ProtocolException(
                    ErrorCode.JOURNAL_NEWER,
                    home.path() + " was written by a newer notesync (format " + version + ", this one knows " + VERSION
                            + ")");
        }
    }

    public Directory directory() {
        return home;
    }

    public Directory transactions() {
        return transactions;
    }

    public Directory history() {
        return history;
    }

    public Directory kept() {
        return kept;
    }

    public Directory scratch() {
        return scratch;
    }

    public Directory incoming() {
        return incoming;
    }

    /** The random name of this replica. */
    public Id replica() {
        return replica;
    }

    @Override
    public void close() {
        transactions.close();
        history.close();
        kept.close();
        scratch.close();
        incoming.close();
        home.close();
        try {
            lock.close();
        } catch (IOException ignored) {
            // The lock ends with the process at the latest.
        }
    }
}
