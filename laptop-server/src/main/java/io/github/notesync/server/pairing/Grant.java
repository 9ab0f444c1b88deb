package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Id;

/**
 * A pairing that the user allowed.
 *
 * @param since milliseconds since 1970
 * @param lastUsed milliseconds since 1970
 */
public record Grant(Id pairing, Client client, long since, long lastUsed) {
    Grant usedAt(long now) {
        return new Grant(pairing, client, since, now);
    }
}
