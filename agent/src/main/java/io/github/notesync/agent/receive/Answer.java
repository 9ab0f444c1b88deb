package io.github.notesync.agent.receive;

import io.github.notesync.protocol.JsonObject;

/** Answers one request, once. Any thread; returns at once. */
public interface Answer {

    void reply(JsonObject.Builder fields, byte[] body);

    default void reply(JsonObject.Builder fields) {
        reply(fields, new byte[0]);
    }

    /** Sends the error that {@code thrown} is, with whatever else {@code extra} has. */
    void error(Throwable thrown, JsonObject.Builder extra);

    default void error(Throwable thrown) {
        error(thrown, JsonObject.builder());
    }
}
