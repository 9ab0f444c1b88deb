package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.log.Log;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one long batch as they came, in {@code .notesync/incoming}: an agent that dies in the middle of it, or is
 * replaced, goes on at the last chunk instead of at the first. Only a convenience: whatever goes wrong here, the batch
 * is sent from its beginning. Only for the replica's thread, except that what {@link #read} gives may go to another.
 */
public final class Spool {
    /** A longer stream is not worth the space that it takes for a second time. */
    private static final long BYTES_MAX = 512L << 20;

    private final Directory directory;
    private final String boot;
    private @Nullable OutputFile out;
    private long length;
    /** After a refusal: the disk may be full because of us. */
    private boolean off;

    /** @param boot names this start of the machine: what was spooled before another one may have holes */
    public Spool(Directory directory, String boot) {
        this.directory = directory;
        this.boot = boot;
    }

    /** How many bytes of this very batch are here; 0 if there are none. */
    public long holds(BatchDescriptor batch) {
        try {
            Stat stream = directory.stat(Layout.STREAM);
            if (stream == null || directory.stat(Layout.OFFER) == null) {
                return 0;
            }
            JsonObject offer;
            try (SeekableByteChannel in = directory.read(Layout.OFFER)) {
                offer = ProtocolJson.parse(Channels.newInputStream(in).readAllBytes());
            }
            boolean same = offer.string("boot").equals(boot)
                    && BatchDescriptor.fromJson(offer.object("batch")).isSameStream(batch);
            return same ? stream.size() : 0;
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        }
    }

    /** The first {@code bytes} bytes of what is here. */
    InputStream read(long bytes) throws IOException {
        return BoundedInputStream.builder()
                .setInputStream(Channels.newInputStream(directory.read(Layout.STREAM)))
                .setMaxCount(bytes)
                .get();
    }

    /** Begins to keep the bytes of {@code batch}. */
    void begin(BatchDescriptor batch) {
        if (off) {
            return;
        }
        attempt(() -> {
            delete();
            byte[] offer = ProtocolJson.bytes(JsonObject.builder()
                    .put("boot", boot)
                    .put("batch", batch.toJson())
                    .build());
            try (OutputFile file = directory.create(Layout.OFFER, false)) {
                file.write(ByteBuffer.wrap(offer));
            }
            length = 0;
            out = directory.create(Layout.STREAM, false);
        });
    }

    /** Goes on behind what is here; where a file cannot be appended to, what is here is all that stays. */
    void goOn(long from) {
        try {
            length = from;
            out = directory.append(Layout.STREAM);
        } catch (IOException e) {
            Log.line("the rest of this batch could not be resumed: " + e);
        }
    }

    void add(byte[] chunk) {
        OutputFile file = out;
        if (file == null) {
            return;
        }
        length += chunk.length;
        if (length > BYTES_MAX) {
            clear();
        } else {
            attempt(() -> file.write(ByteBuffer.wrap(chunk)));
        }
    }

    /** Keeps what is here, for an agent to come. */
    public void close() {
        OutputFile file = out;
        out = null;
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            Log.line("a half received batch may have to be sent again: " + e);
        }
    }

    /** Nobody needs it any more. */
    public void clear() {
        close();
        try {
            delete();
        } catch (IOException e) {
            Log.line("what was received could not be deleted, it goes with the next batch: " + e);
        }
    }

    /** A batch was refused, or came through: from now on spool none, or spool again. */
    public void setOff(boolean isOff) {
        off = isOff;
    }

    private void delete() throws IOException {
        Workspace.deleteAll(directory, Layout.OFFER);
        Workspace.deleteAll(directory, Layout.STREAM);
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException e) {
            Log.line("this batch could not be resumed if the agent ended now: " + e);
            clear();
        }
    }
}
