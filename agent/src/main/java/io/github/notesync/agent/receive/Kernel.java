package io.github.notesync.agent.receive;

import io.github.notesync.protocol.JsonObject;

/** A kernel that said hello, and the way back to it. */
public interface Kernel {

    /** The kernel's own id, for people and for the list of those in a cell. */
    String id();

    long pid();

    /** When its process was started, as {@link Machine#started} tells it; 0 if that cannot be seen from here. */
    long started();

    /** Sends an event. Any thread; returns at once. */
    void tell(String event, JsonObject.Builder fields);

    /** Milliseconds since it was last heard. Any thread. */
    long silent();
}
