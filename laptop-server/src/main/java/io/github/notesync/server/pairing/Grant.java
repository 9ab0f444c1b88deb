package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Id;

/**
 * A pairing that the user allowed.
 *
 * @param remembered whether it outlives the server
 * @param since milliseconds since 1970
 * @param lastUsed milliseconds since 1970
 */
public record Grant(Id pairing, Client client, boolean remembered, long since, long lastUsed) {
    Grant usedAt(long now) {
        return new Grant(pairing, client, remembered, since, now);
    }
}
