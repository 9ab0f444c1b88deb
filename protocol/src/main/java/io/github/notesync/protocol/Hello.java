package io.github.notesync.protocol;

import java.util.List;

/**
 * What each peer says first on every hop ({@code PROTOCOL.md} 1). Act on capabilities, never on the version.
 *
 * @param who {@code server}, {@code relay}, {@code kernel} or {@code agent}
 * @param version of the program, for people
 */
public record Hello(String who, int protocol, String version, List<String> capabilities) {
    public Hello {
        capabilities = List.copyOf(capabilities);
    }

    /** The hello of a program of this protocol. */
    public static Hello of(String who, String version, List<String> capabilities) {
        return new Hello(who, Protocol.PROTOCOL_VERSION, version, capabilities);
    }

    public boolean can(String capability) {
        return capabilities.contains(capability);
    }

    /**
     * Reads a peer's hello, whatever else the object has.
     *
     * @throws ProtocolException {@code protocol_mismatch}, naming both numbers and who has to be upgraded, or
     *     {@code bad_request}
     */
    public static Hello fromJson(JsonObject json) throws ProtocolException {
        String who = json.string("notesync", Limits.LABEL_CHARS_MAX);
        String version = json.string("version", Limits.LABEL_CHARS_MAX);
        int protocol = (int) json.integer("protocol", 0, Integer.MAX_VALUE);
        if (protocol != Protocol.PROTOCOL_VERSION) {
            boolean theyAreOlder = protocol < Protocol.PROTOCOL_VERSION;
            throw new ProtocolException(
                    ErrorCode.PROTOCOL_MISMATCH,
                    "the " + who + " (" + version + ") speaks protocol " + protocol + ", this side protocol "
                            + Protocol.PROTOCOL_VERSION + ": upgrade " + (theyAreOlder ? "the " + who : "this side"));
        }
        return new Hello(who, protocol, version, json.strings("capabilities"));
    }

    /** Begins a message that carries this hello and may carry more. */
    public JsonObject.Builder toJson() {
        return JsonObject.builder()
                .put("notesync", who)
                .put("protocol", protocol)
                .put("version", version)
                .put("capabilities", capabilities);
    }
}
