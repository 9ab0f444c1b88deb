package io.github.notesync.protocol;

import java.util.Locale;

/** Why a payload is {@code payload_invalid}: the finer codes of {@code PROTOCOL.md} 2.5. */
enum PayloadReason {
    TRUNCATED("it ends too early"),
    ENCODING("it is not one plain gzip member, or damaged"),
    NOT_USTAR("a tar header is not of the ustar format"),
    HEADER_CHECKSUM("the checksum of a tar header is wrong"),
    HEADER_FIELD("a field of a tar header is malformed"),
    ENTRY_TYPE("a tar entry is no regular file"),
    PAX_GLOBAL("a global PAX header is not allowed"),
    PAX_RECORD("a PAX record is malformed, twice or of a key that is not allowed"),
    PADDING("the padding behind an entry is not zero"),
    TRAILING("something follows the end of the tar");

    private final String text;

    PayloadReason(String text) {
        this.text = text;
    }

    ProtocolException exception() {
        return exception("");
    }

    ProtocolException exception(String detail) {
        return new ProtocolException(
                ErrorCode.PAYLOAD_INVALID,
                "the payload is refused: " + text + (detail.isEmpty() ? "" : " (" + detail + ")"),
                null,
                name().toLowerCase(Locale.ROOT));
    }
}
