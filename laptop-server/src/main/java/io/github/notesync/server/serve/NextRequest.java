package io.github.notesync.server.serve;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Encoding;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.pack.Wishes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica asks of {@code next}.
 *
 * @param tree what the replica holds; null asks only whether there is anything newer than the cursor
 */
record NextRequest(
        @Nullable Cursor cursor, @Nullable TreeDigest tree, long waitMillis, int inline, Wishes wishes, boolean fresh) {
    private static final long LONGEST_WAIT = 60_000;

    static NextRequest fromJson(JsonObject json) throws ProtocolException {
        JsonObject cursor = json.objectOrNull("cursor");
        List<String> can = json.has("capabilities") ? json.strings("capabilities") : List.of();
        boolean plain = json.flagOrFalse("plain");
        return new NextRequest(
                cursor == null ? null : Cursor.fromJson(cursor),
                json.has("tree") ? TreeDigest.parse(json.string("tree")) : null,
                Math.min(json.integerOr("wait_ms", 0), LONGEST_WAIT),
                (int) Math.min(json.integerOr("inline", 0), Limits.CHUNK_MAX),
                new Wishes(encoding(json), can.contains("copy") && !plain, can.contains("recipe") && !plain),
                json.flagOrFalse("fresh"));
    }

    /** The first of the client's that this side has. */
    private static Encoding encoding(JsonObject json) throws ProtocolException {
        for (String each : json.has("encodings") ? json.strings("encodings") : List.<String>of()) {
            for (Encoding known : Encoding.values()) {
                if (known.code().equals(each)) {
                    return known;
                }
            }
        }
        return Encoding.IDENTITY;
    }
}
