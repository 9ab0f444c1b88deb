package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;

/**
 * A pairing that the user allowed.
 *
 * @param remembered whether it outlives the server
 * @param since milliseconds since 1970
 * @param lastUsed milliseconds since 1970
 */
public record Grant(Id pairing, Client client, boolean remembered, long since, long lastUsed) {
    static Grant fromJson(JsonObject json) throws ProtocolException {
        return new Grant(
                Id.parse(json.string("pairing")),
                Client.fromJson(json),
                json.flag("remembered"),
                json.integer("since"),
                json.integer("last_used"));
    }

    /** As it is kept and shown; the token is no part of it. */
    public JsonObject.Builder toJson() {
        return client.toJson()
                .put("pairing", pairing.hex())
                .put("remembered", remembered)
                .put("since", since)
                .put("last_used", lastUsed);
    }

    Grant usedAt(long now) {
        return new Grant(pairing, client, remembered, since, now);
    }
}
