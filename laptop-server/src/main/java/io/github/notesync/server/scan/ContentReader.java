package io.github.notesync.server.scan;

import io.github.notesync.protocol.ChunkCutter;
import io.github.notesync.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a file for its digest, and tells when it changed meanwhile. Any thread. */
final class ContentReader {
    private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[Contents.MAX_FILE]);

    private final StatReader stats;
    private final Contents contents;
    private final ChunkLists chunkLists;
    private final Opener opener;

    /** How a file is opened for reading. */
    interface Opener {
        InputStream open(Path file) throws IOException;
    }

    ContentReader(StatReader stats, Contents contents, ChunkLists chunkLists, Opener opener) {
        this.opener = opener;
        this.stats = stats;
        this.contents = contents;
        this.chunkLists = chunkLists;
    }

    /**
     * @param before the stat that was taken before the file was opened
     * @param remember whether a small file's bytes are kept for the batch that follows
     * @return null when the file was changing while it was read
     */
    @Nullable
    Digest digest(Path file, Stat before, boolean remember) throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = BUFFER.get();
        ChunkCutter cutter = before.size() >= ChunkLists.MIN_FILE ? new ChunkCutter() : null;
        byte[] whole = null;
        long length = 0;
        try (InputStream in = opener.open(file)) {
            for (int n = in.readNBytes(buffer, 0, buffer.length); n > 0; n = in.readNBytes(buffer, 0, buffer.length)) {
                hasher.update(buffer, 0, n);
                if (cutter != null) {
                    cutter.update(buffer, 0, n);
                }
                whole = remember && n == before.size() ? Arrays.copyOf(buffer, n) : null;
                length += n;
                if (length > before.size()) {
                    return null;
                }
            }
        }
        if (length != before.size() || !stats.read(file).equals(before)) {
            return null;
        }
        Digest digest = hasher.digest();
        if (whole != null) {
            contents.put(digest, whole);
        }
        if (cutter != null) {
            chunkLists.put(digest, cutter.finish());
        }
        return digest;
    }
}
