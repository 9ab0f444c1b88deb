package io.github.notesync.protocol;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a peer sent breaks the protocol. An {@link IOException}, because it appears wherever a peer's bytes are read; it
 * always means "their fault", so no stack trace needs to be shown. The message says what, which and why.
 */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String path;
    private final @Nullable String reason;

    public ProtocolException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    /**
     * @param path the path that it is about, as it was sent
     * @param reason the finer code, such as {@code dot} for {@code path_refused}
     */
    public ProtocolException(ErrorCode code, String message, @Nullable String path, @Nullable String reason) {
        super(message);
        this.code = code;
        this.path = path;
        this.reason = reason;
    }

    static ProtocolException badRequest(String message) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, message);
    }

    static ProtocolException limit(String message) {
        return new ProtocolException(ErrorCode.LIMIT_EXCEEDED, message);
    }

    static ProtocolException pathRefused(String path, PathReason reason) {
        return new ProtocolException(
                ErrorCode.PATH_REFUSED,
                "path " + Quoted.of(path) + " is refused: " + reason.text(),
                path,
                reason.code());
    }

    /** The same fault under another code, where the reader knows better what was being read. */
    ProtocolException as(ErrorCode other) {
        ProtocolException renamed = new ProtocolException(other, String.valueOf(getMessage()), path, reason);
        renamed.initCause(this);
        return renamed;
    }

    /** A plain "malformed" becomes {@code other}; a more precise code stays. */
    ProtocolException malformedIs(ErrorCode other) {
        return code == ErrorCode.BAD_REQUEST ? as(other) : this;
    }

    public ErrorCode code() {
        return code;
    }

    public @Nullable String path() {
        return path;
    }

    public @Nullable String reason() {
        return reason;
    }
}
