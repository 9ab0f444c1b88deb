package io.github.notesync.agent.receive;

import io.github.notesync.protocol.JsonObject;

/** One verified message of a kernel. The body is handed over, not copied: whoever handles the request owns it. */
public final class Request {
    private final String type;
    private final JsonObject header;
    private final byte[] body;

    Request(String type, JsonObject header, byte[] body) {
        this.type = type;
        this.header = header;
        this.body = body;
    }

    public String type() {
        return type;
    }

    public JsonObject header() {
        return header;
    }

    public byte[] body() {
        return body;
    }
}
