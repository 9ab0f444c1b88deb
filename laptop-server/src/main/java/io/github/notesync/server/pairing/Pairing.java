package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.PairingCode;
import org.jspecify.annotations.Nullable;

/** One request on its way from asked to claimed. Guarded by {@link Pairings}. */
final class Pairing {
    enum State {
        PENDING,
        ALLOWED,
        DENIED,
        OVER
    }

    final Id id = Id.random();
    final Digest commit;
    final Client client;
    final boolean inBridge;
    final long asked;
    final String code;
    State state = State.PENDING;
    int wrongCodes;

    @Nullable
    String token;

    Pairing(Digest commit, Client client, boolean inBridge, long asked) {
        this.commit = commit;
        this.client = client;
        this.inBridge = inBridge;
        this.asked = asked;
        this.code = PairingCode.of(commit, client.origin());
    }
}
