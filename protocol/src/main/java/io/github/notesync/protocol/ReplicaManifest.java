package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/** What a replica has, sent gzip-compressed when its cursor is unknown ({@code PROTOCOL.md} 2.6). Stateless. */
public final class ReplicaManifest {
    private static final String LIST = "entries";

    private ReplicaManifest() {}

    /** Writes the gzip member; {@code out} stays open. */
    public static void write(OutputStream out, TreeDigest tree, Iterable<? extends Entry> entries) throws IOException {
        JsonObject head = JsonObject.builder()
                .put("notesync", "replica-manifest")
                .put("protocol", Protocol.PROTOCOL_VERSION)
                .put("tree", tree.hex())
                .build();
        GZIPOutputStream gzip = new GZIPOutputStream(out, 16 << 10);
        ProtocolJson.writeWithList(gzip, head, LIST, entries, Entry::toJson);
        gzip.finish();
        out.flush();
    }

    /**
     * Reads a gzip member, entry by entry, in a memory that does not depend on it.
     *
     * @return the tree digest, which is that of the entries given to {@code sink}
     * @throws ProtocolException {@code bad_request}, {@code path_refused}, {@code payload_invalid} (bad gzip) or
     *     {@code limit_exceeded}; what {@code sink} got must then not be used
     */
    public static TreeDigest read(InputStream gzip, Consumer<? super Entry> sink) throws IOException {
        DecodedStream window = new DecodedStream(new GzipMember(gzip), Limits.MANIFEST_MAX);
        try (JsonTreeReader json = ProtocolJson.reader(window)) {
            JsonObject head = json.head(LIST);
            if (!head.string("notesync").equals("replica-manifest")) {
                throw ProtocolException.badRequest("this is no replica manifest");
            }
            ManifestHeader.checkProtocol(head);
            TreeDigest tree = TreeDigest.EMPTY;
            int count = 0;
            for (JsonObject item = json.item(LIST); item != null; item = json.item(LIST)) {
                if (++count > Limits.ENTRIES_MAX) {
                    throw ProtocolException.limit(
                            "a replica manifest has more than " + Limits.ENTRIES_MAX + " entries");
                }
                Entry entry = Entry.fromJson(item);
                tree = tree.with(entry);
                sink.accept(entry);
            }
            json.end();
            if (!tree.equals(TreeDigest.parse(head.string("tree")))) {
                throw ProtocolException.badRequest("the tree digest of a replica manifest is not that of its entries");
            }
            return tree;
        }
    }
}
