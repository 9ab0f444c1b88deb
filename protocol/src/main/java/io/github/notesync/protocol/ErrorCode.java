package io.github.notesync.protocol;

import java.util.Locale;
import java.util.Optional;

/** What went wrong, for programs: the codes of {@code PROTOCOL.md} section 6. Texts for people are elsewhere. */
public enum ErrorCode {
    PROTOCOL_MISMATCH,
    BAD_REQUEST,
    HOST_REFUSED,
    ORIGIN_REFUSED,
    NAVIGATION_REFUSED,
    TOKEN_MISSING,
    TOKEN_UNKNOWN,
    PAIRING_DENIED,
    PAIRING_EXPIRED,
    PAIRING_LIMIT,
    NOT_FOUND,
    BATCH_UNKNOWN,
    TOO_LARGE,
    SOURCE_UNAVAILABLE,
    LAPTOP_UNREACHABLE,
    PERMISSION_REFUSED,
    POPUP_BLOCKED,
    POPUP_CLOSED,
    UNKNOWN_REPLICA,
    UNKNOWN_BATCH,
    UNKNOWN_KEPT,
    ROOT_REFUSED,
    CURSOR_MISMATCH,
    TREE_MISMATCH,
    CHUNK_GAP,
    CHUNK_OVERLAP,
    MANIFEST_INVALID,
    PATH_REFUSED,
    DIGEST_MISMATCH,
    PAYLOAD_INVALID,
    PAYLOAD_DISAGREES,
    LIMIT_EXCEEDED,
    CONTENT_MISSING,
    DISK_FULL,
    QUOTA_EXCEEDED,
    PERMISSION_DENIED,
    IO_ERROR,
    READ_ONLY,
    HELD,
    HALTED,
    JOURNAL_NEWER,
    INTERNAL;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The code as it travels, such as {@code path_refused}. */
    public String code() {
        return code;
    }

    /** The constant of a code that travelled; empty for a code of a newer peer. */
    public static Optional<ErrorCode> of(String code) {
        for (ErrorCode each : values()) {
            if (each.code.equals(code)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
