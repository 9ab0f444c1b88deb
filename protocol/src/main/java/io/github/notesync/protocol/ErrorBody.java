package io.github.notesync.protocol;

import org.jspecify.annotations.Nullable;

/**
 * An error as it travels ({@code PROTOCOL.md} 6).
 *
 * @param code for programs; a text, because a newer peer may send one that this side does not know
 * @param message what, which and why
 * @param path null where it is about none
 * @param reason the finer code; null where there is none
 * @param remedy what to do; null if nothing can be
 */
public record ErrorBody(
        String code,
        String message,
        @Nullable String path,
        @Nullable String reason,
        @Nullable String remedy) {

    public static ErrorBody of(ErrorCode code, String message, @Nullable String remedy) {
        return new ErrorBody(code.code(), message, null, null, remedy);
    }

    public static ErrorBody of(ProtocolException e, @Nullable String remedy) {
        return new ErrorBody(e.code().code(), String.valueOf(e.getMessage()), e.path(), e.reason(), remedy);
    }

    public static ErrorBody fromJson(JsonObject json) throws ProtocolException {
        return new ErrorBody(
                json.string("code"),
                json.string("message"),
                json.stringOrNull("path"),
                json.stringOrNull("reason"),
                json.stringOrNull("remedy"));
    }

    /** Begins a message that carries this error and may carry more. */
    public JsonObject.Builder toJson() {
        return JsonObject.builder()
                .put("code", code)
                .put("message", message)
                .put("path", path)
                .put("reason", reason)
                .put("remedy", remedy);
    }
}
