package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.stage.OldContent;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.Recipe;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;

/** Old content from the replica, digested before and after it is used. Opens the tree anew: any one thread. */
public final class ReplicaContent implements OldContent {
    private static final int BUFFER = 256 << 10;

    private final Directory root;

    public ReplicaContent(Directory root) {
        this.root = root;
    }

    @Override
    public void copy(RelativePath from, Change.Put put, OutputFile out) throws IOException {
        try (Tree tree = new Tree(root.open("."));
                SeekableByteChannel in = open(tree, from, put)) {
            Digest.Hasher hasher = Digest.hasher();
            pump(in, Long.MAX_VALUE, out, hasher);
            check(hasher.digest().equals(put.digest()), from, put);
        }
    }

    @Override
    public void build(Recipe recipe, Change.Put put, InputStream fresh, OutputFile out) throws IOException {
        try (Tree tree = new Tree(root.open("."));
                SeekableByteChannel in = open(tree, recipe.from(), put)) {
            Digest before = Digest.of(Channels.newInputStream(in));
            check(before.equals(recipe.fromDigest()), recipe.from(), put);
            Digest.Hasher hasher = Digest.hasher();
            for (Recipe.Piece piece : recipe.pieces()) {
                if (piece instanceof Recipe.Old old) {
                    in.position(old.offset());
                    check(pump(in, old.length(), out, hasher) == old.length(), recipe.from(), put);
                } else {
                    pump(fresh, piece.length(), out, hasher, put);
                }
            }
            check(hasher.digest().equals(put.digest()), recipe.from(), put);
        }
    }

    private static SeekableByteChannel open(Tree tree, RelativePath from, Change.Put put) throws IOException {
        Directory parent = tree.parent(from);
        Stat stat = parent == null ? null : parent.stat(from.name());
        if (parent == null || stat == null || stat.kind() != Kind.FILE) {
            throw missing(from, put);
        }
        return parent.read(from.name());
    }

    private static long pump(SeekableByteChannel in, long length, OutputFile out, Digest.Hasher hasher)
            throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, Math.min(length, in.size())))];
        long done = 0;
        while (done < length) {
            int n = in.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, length - done)));
            if (n < 0) {
                break;
            }
            hasher.update(buffer, 0, n);
            out.write(ByteBuffer.wrap(buffer, 0, n));
            done += n;
        }
        return done;
    }

    private static void pump(InputStream in, long length, OutputFile out, Digest.Hasher hasher, Change.Put put)
            throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, length)];
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new ProtocolException(
                        ErrorCode.PAYLOAD_DISAGREES,
                        "the payload has too few bytes for " + put.path(),
                        put.path().value(),
                        null);
            }
            hasher.update(buffer, 0, n);
            out.write(ByteBuffer.wrap(buffer, 0, n));
            left -= n;
        }
    }

    private static void check(boolean same, RelativePath from, Change.Put put) throws ProtocolException {
        if (!same) {
            throw missing(from, put);
        }
    }

    private static ProtocolException missing(RelativePath from, Change.Put put) {
        return new ProtocolException(
                ErrorCode.CONTENT_MISSING,
                from + " was to be used for " + put.path() + ", but it is not there as notesync wrote it",
                from.value(),
                null);
    }
}
