package io.github.notesync.server.scan;

import io.github.notesync.protocol.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of small files that were read lately, by digest. A batch takes them from here, so it is exact even when the
 * file has moved on since, and a save is read once. Bounded; any thread.
 */
public final class Contents {
    /** Bigger files are read again when they are packed. */
    static final int MAX_FILE = 128 << 10;

    private static final long MAX_TOTAL = 12L << 20;

    private final Map<Digest, byte[]> byDigest = new LinkedHashMap<>(16, 0.75f, true);
    private long total;

    public synchronized void put(Digest digest, byte[] content) {
        if (content.length > MAX_FILE || byDigest.containsKey(digest)) {
            return;
        }
        byDigest.put(digest, content);
        total += content.length;
        var eldest = byDigest.entrySet().iterator();
        while (total > MAX_TOTAL) {
            total -= eldest.next().getValue().length;
            eldest.remove();
        }
    }

    public synchronized byte @Nullable [] get(Digest digest) {
        return byDigest.get(digest);
    }
}
