package io.github.notesync.server.pairing;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;

/**
 * Who asks, as far as it says so itself.
 *
 * @param origin from the browser, or {@link #KERNEL} where there is none; the only part that cannot be invented by a page
 * @param kind {@code page} or {@code kernel}
 * @param label the notebook's or kernel's name
 * @param machine where it runs
 */
public record Client(String origin, String kind, String label, String machine) {
    /** The origin of a program that is no browser. */
    public static final String KERNEL = "kernel";

    static Client fromJson(JsonObject json) throws ProtocolException {
        return new Client(json.string("origin"), json.string("kind"), json.string("label"), json.string("machine"));
    }

    /** To be completed by what the client asked for or was given. */
    public JsonObject.Builder toJson() {
        return JsonObject.builder()
                .put("origin", origin)
                .put("kind", kind)
                .put("label", label)
                .put("machine", machine);
    }
}
