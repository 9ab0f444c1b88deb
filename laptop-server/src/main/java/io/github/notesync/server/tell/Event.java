package io.github.notesync.server.tell;

import io.github.notesync.protocol.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened.
 *
 * @param name for programs, such as {@code batch}
 * @param fields for programs
 * @param line for people; null where they need not know
 */
public record Event(
        String name, JsonObject fields, @Nullable String line) {
    /** The same for programs, of which people have read already. */
    public Event silent() {
        return new Event(name, fields, null);
    }
}
