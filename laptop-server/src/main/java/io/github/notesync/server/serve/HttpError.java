package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorBody;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** An answer that is an error: its status, code and words. */
final class HttpError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient ErrorBody body;

    private HttpError(int status, ErrorBody body) {
        super(body.message());
        this.status = status;
        this.body = body;
    }

    static HttpError of(ErrorCode code, String message, @Nullable String remedy) {
        return new HttpError(status(code), ErrorBody.of(code, message, remedy));
    }

    static HttpError of(int status, ErrorCode code, String message) {
        return new HttpError(status, ErrorBody.of(code, message, null));
    }

    static HttpError of(ProtocolException e) {
        return new HttpError(status(e.code()), ErrorBody.of(e, null));
    }

    int status() {
        return status;
    }

    ErrorBody body() {
        return body;
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case HOST_REFUSED, ORIGIN_REFUSED, NAVIGATION_REFUSED, PAIRING_DENIED -> 403;
            case TOKEN_MISSING, TOKEN_UNKNOWN -> 401;
            case NOT_FOUND, BATCH_UNKNOWN -> 404;
            case PAIRING_EXPIRED -> 410;
            case TOO_LARGE, LIMIT_EXCEEDED -> 413;
            case PAIRING_LIMIT -> 429;
            case SOURCE_UNAVAILABLE -> 503;
            case IO_ERROR -> 507;
            case INTERNAL -> 500;
            default -> 400;
        };
    }
}
