package io.github.notesync.server.scan;

import io.github.notesync.protocol.ChunkList;
import io.github.notesync.protocol.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chunks of big files, by digest, of old contents too: what a recipe is made from. Bounded; any thread. */
public final class ChunkLists {
    /** Smaller files are sent whole. */
    static final int MIN_FILE = 1 << 20;

    private static final long MAX_BYTES = 16L << 20;
    private static final int BYTES_OF_CHUNK = 20;
    private static final int CHUNK = 16 << 10;

    private final Map<Digest, ChunkList> byDigest = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    public synchronized @Nullable ChunkList get(Digest digest) {
        return byDigest.get(digest);
    }

    synchronized void put(Digest digest, ChunkList chunks) {
        if (byDigest.put(digest, chunks) == null) {
            bytes += cost(chunks);
        }
        var eldest = byDigest.entrySet().iterator();
        while (bytes > MAX_BYTES && byDigest.size() > 1) {
            bytes -= cost(eldest.next().getValue());
            eldest.remove();
        }
    }

    /** The least used first. */
    synchronized Map<Digest, ChunkList> all() {
        return new LinkedHashMap<>(byDigest);
    }

    private static long cost(ChunkList chunks) {
        return chunks.bytes() / CHUNK * BYTES_OF_CHUNK + BYTES_OF_CHUNK;
    }
}
