package io.github.notesync.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Names a batch stream and says how long it is ({@code PROTOCOL.md} 2.5). A batch id names one stream, byte for byte,
 * for ever.
 *
 * @param from null for a full batch
 * @param manifestSize bytes of the decoded manifest
 * @param payloadSize bytes of the decoded tar
 * @param streamSize bytes of the encoded stream; null while it is in the making
 * @param changes the number of changes
 */
public record BatchDescriptor(
        Id batch,
        @Nullable Cursor from,
        Cursor to,
        Encoding encoding,
        long manifestSize,
        Digest manifestDigest,
        long payloadSize,
        @Nullable Long streamSize,
        int changes) {

    public BatchDescriptor {
        if (manifestSize < 1 || manifestSize > Limits.MANIFEST_MAX) {
            throw new IllegalArgumentException("manifest of " + manifestSize + " bytes");
        }
        if (changes < 0 || changes > Limits.CHANGES_MAX || payloadSize < 0) {
            throw new IllegalArgumentException("batch of " + changes + " changes, " + payloadSize + " bytes");
        }
    }

    /** The same batch, now that its stream is complete. */
    public BatchDescriptor withStreamSize(long size) {
        return new BatchDescriptor(batch, from, to, encoding, manifestSize, manifestDigest, payloadSize, size, changes);
    }

    /** Whether the other one names the same stream; its size may have become known meanwhile. */
    public boolean isSameStream(BatchDescriptor other) {
        return withStreamSize(0).equals(other.withStreamSize(0));
    }

    /** @throws ProtocolException {@code bad_request} if a field is missing, wrong or over a limit */
    public static BatchDescriptor fromJson(JsonObject json) throws ProtocolException {
        JsonObject from = json.objectOrNull("from");
        return new BatchDescriptor(
                Id.parse(json.string("batch")),
                from == null ? null : Cursor.fromJson(from),
                Cursor.fromJson(json.object("to")),
                Encoding.parse(json.string("encoding")),
                json.integer("manifest_size", 1, Limits.MANIFEST_MAX),
                Digest.parse(json.string("manifest_digest")),
                json.integer("payload_size"),
                json.has("stream_size") ? json.integer("stream_size") : null,
                (int) json.integer("changes", 0, Limits.CHANGES_MAX));
    }

    public JsonObject toJson() {
        return JsonObject.builder()
                .put("batch", batch.hex())
                .put("from", from == null ? null : from.toJson())
                .put("to", to.toJson())
                .put("encoding", encoding.code())
                .put("manifest_size", manifestSize)
                .put("manifest_digest", manifestDigest.hex())
                .put("payload_size", payloadSize)
                .put("stream_size", streamSize)
                .put("changes", changes)
                .build();
    }
}
