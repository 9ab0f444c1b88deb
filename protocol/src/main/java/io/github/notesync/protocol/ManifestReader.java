package io.github.notesync.protocol;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a manifest change by change, so that the largest fits into a small heap. Refuses what the contract forbids:
 * {@code manifest_invalid}, {@code path_refused} with its reason, {@code limit_exceeded} or {@code protocol_mismatch}.
 * What it has returned is valid by itself, but the manifest is valid only once {@link #next} has returned null. One
 * thread.
 */
public final class ManifestReader implements ChangeSource, Closeable {
    static final String LIST = "changes";

    private final JsonTreeReader json;
    private final ManifestHeader header;
    private final ChangeOrder order = new ChangeOrder();
    private int changes;
    private int payloadEntries;
    private long payloadBytes;

    private ManifestReader(JsonTreeReader json, ManifestHeader header) {
        this.json = json;
        this.header = header;
    }

    /** Reads up to the first change. Closing the reader closes {@code decoded}. */
    public static ManifestReader open(InputStream decoded) throws IOException {
        JsonTreeReader json = ProtocolJson.reader(decoded);
        try {
            return new ManifestReader(json, ManifestHeader.fromJson(json.head(LIST)));
        } catch (ProtocolException e) {
            throw e.malformedIs(ErrorCode.MANIFEST_INVALID);
        }
    }

    public ManifestHeader header() {
        return header;
    }

    @Override
    public @Nullable Change next() throws IOException {
        try {
            JsonObject item = json.item(LIST);
            if (item == null) {
                finish();
                return null;
            }
            Change change = Change.fromJson(item);
            order.accept(change);
            count(change);
            return change;
        } catch (ProtocolException e) {
            throw e.malformedIs(ErrorCode.MANIFEST_INVALID);
        }
    }

    private void count(Change change) throws ProtocolException {
        if (++changes > Limits.CHANGES_MAX) {
            throw ProtocolException.limit("a manifest has more than " + Limits.CHANGES_MAX + " changes");
        }
        if (change instanceof Change.Put put && put.inPayload()) {
            payloadEntries++;
            payloadBytes += put.payloadSize();
        }
    }

    private void finish() throws IOException {
        json.end();
        if (payloadEntries != header.payloadEntries() || payloadBytes != header.payloadBytes()) {
            throw ProtocolException.badRequest("the manifest announces a payload of " + header.payloadEntries()
                    + " entries and " + header.payloadBytes() + " bytes, its changes need " + payloadEntries + " and "
                    + payloadBytes);
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
