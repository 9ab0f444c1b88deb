package io.github.notesync.protocol;

import org.jspecify.annotations.Nullable;

/**
 * All of a manifest but its changes ({@code PROTOCOL.md} 2.4).
 *
 * @param project the name of the source, at most 200 characters
 * @param from the replica's cursor; null in a full manifest, which is made against a replica manifest
 * @param baseTree what the replica must have
 * @param tree what the replica will have
 * @param created milliseconds since 1970, for people only
 * @param git null outside a repository
 * @param payloadEntries the number of entries in the payload
 * @param payloadBytes the sum of their sizes
 */
public record ManifestHeader(
        String project,
        @Nullable Cursor from,
        TreeDigest baseTree,
        Cursor to,
        TreeDigest tree,
        long created,
        @Nullable GitState git,
        int payloadEntries,
        long payloadBytes) {

    public ManifestHeader {
        if (from != null && !isLater(from, to)) {
            throw new IllegalArgumentException("a delta goes forward in one epoch, not from " + from + " to " + to);
        }
    }

    /** Whether it was made against a replica manifest instead of a cursor. */
    public boolean isFull() {
        return from == null;
    }

    ManifestHeader withPayload(int entries, long bytes) {
        return new ManifestHeader(project, from, baseTree, to, tree, created, git, entries, bytes);
    }

    private static boolean isLater(Cursor from, Cursor to) {
        return from.epoch().equals(to.epoch()) && from.sequence() < to.sequence();
    }

    static ManifestHeader fromJson(JsonObject json) throws ProtocolException {
        if (!json.string("notesync").equals("manifest")) {
            throw ProtocolException.badRequest("this is no manifest");
        }
        checkProtocol(json);
        JsonObject from = json.objectOrNull("from");
        Cursor start = from == null ? null : Cursor.fromJson(from);
        Cursor to = Cursor.fromJson(json.object("to"));
        if (!json.string("kind").equals(start == null ? "full" : "delta")) {
            throw ProtocolException.badRequest("a manifest is 'full' without 'from' and 'delta' with it");
        }
        if (start != null && !isLater(start, to)) {
            throw ProtocolException.badRequest("a delta goes forward in one epoch, not from " + start + " to " + to);
        }
        JsonObject git = json.objectOrNull("git");
        return new ManifestHeader(
                json.string("project", Limits.LABEL_CHARS_MAX),
                start,
                TreeDigest.parse(json.string("base_tree")),
                to,
                TreeDigest.parse(json.string("tree")),
                json.integer("created"),
                git == null ? null : GitState.fromJson(git),
                (int) json.integer("payload_entries", 0, Limits.CHANGES_MAX),
                json.integer("payload_bytes"));
    }

    static void checkProtocol(JsonObject json) throws ProtocolException {
        long protocol = json.integer("protocol");
        if (protocol != Protocol.PROTOCOL_VERSION) {
            throw new ProtocolException(
                    ErrorCode.PROTOCOL_MISMATCH,
                    "it speaks protocol " + protocol + ", this side protocol " + Protocol.PROTOCOL_VERSION
                            + ": upgrade the older of the two");
        }
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("notesync", "manifest")
                .put("protocol", Protocol.PROTOCOL_VERSION)
                .put("project", project)
                .put("kind", isFull() ? "full" : "delta")
                .put("from", from == null ? null : from.toJson())
                .put("base_tree", baseTree.hex())
                .put("to", to.toJson())
                .put("tree", tree.hex())
                .put("created", created)
                .put("git", git == null ? null : git.toJson())
                .put("payload_entries", payloadEntries)
                .put("payload_bytes", payloadBytes)
                .build();
    }
}
