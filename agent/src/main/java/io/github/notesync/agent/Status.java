package io.github.notesync.agent;

import io.github.notesync.protocol.JsonObject;

/** What the agent says about itself, and how it is told to leave. Any thread. */
interface Status {

    /** The fields of the answer to {@code status} that are not about replicas. On the door's thread. */
    JsonObject.Builder describe();

    /** Leaves soon; {@code why} is told to the kernels. */
    void stop(String why);
}
