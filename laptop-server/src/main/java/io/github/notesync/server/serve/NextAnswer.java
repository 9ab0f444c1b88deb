package io.github.notesync.server.serve;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.pack.Batch;
import org.jspecify.annotations.Nullable;

/**
 * What {@code next} answers.
 *
 * @param batch set when the state is {@code batch}
 * @param settled whether it is an answer before the wait is over
 */
record NextAnswer(
        String state,
        @Nullable Cursor cursor,
        @Nullable Batch batch,
        @Nullable String why,
        boolean settled) {

    /** Nothing newer. */
    static NextAnswer current(Cursor cursor, boolean takesOver) {
        return new NextAnswer("current", cursor, null, null, takesOver);
    }

    static NextAnswer batch(Batch batch) {
        return new NextAnswer("batch", null, batch, null, true);
    }

    static NextAnswer exchange() {
        return new NextAnswer("exchange", null, null, null, true);
    }

    static NextAnswer held(String why) {
        return new NextAnswer("held", null, null, why, false);
    }

    JsonObject.Builder toJson() {
        JsonObject.Builder json = JsonObject.builder().put("state", state);
        if (cursor != null) {
            json.put("cursor", cursor.toJson());
        }
        if (why != null) {
            json.put("why", why);
        }
        return json;
    }
}
