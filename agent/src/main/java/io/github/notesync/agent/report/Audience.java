package io.github.notesync.agent.report;

import io.github.notesync.protocol.JsonObject;

/** Those who hear of a replica: its attached kernels. Called on the replica's thread; returns at once. */
@FunctionalInterface
public interface Audience {

    /** Sends an event to all of them, in the order of the calls. */
    void tell(String event, JsonObject.Builder fields);
}
