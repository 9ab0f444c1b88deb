package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.BatchReader;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.ChangeSource;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ManifestReader;
import io.github.notesync.protocol.PayloadSink;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import java.util.function.Consumer;

/**
 * Unpacks one batch stream: each put and each symbolic link becomes {@code stage/<place in the manifest>}, with its
 * final mode, written once and never copied again. One thread, which need not be the replica's, and beside it for a
 * long manifest and for many bytes one more each.
 */
public final class Unpacker {
    /** A longer manifest is put on the disk first, so that its JSON is never in memory as a whole. */
    private static final int MANIFEST_IN_MEMORY = 1 << 20;

    /** The files of a longer payload are written by a second thread. */
    private static final long LONG_PAYLOAD = 1 << 20;

    private static final int BUFFER = 256 << 10;

    private final Workspace workspace;
    private final OldContent old;
    private final boolean inWhole;
    private final byte[] buffer = new byte[BUFFER];

    private Unpacker(Workspace workspace, OldContent old, boolean inWhole) {
        this.workspace = workspace;
        this.old = old;
        this.inWhole = inWhole;
    }

    /** A batch of which every byte was checked, and where its new files wait. */
    public record Unpacked(Manifest manifest, WholeDirectories whole) {}

    /**
     * Unpacks the stream to its end.
     *
     * @param inWhole whether new directories are staged whole
     * @throws ProtocolException the batch is not what it should be
     * @throws IOException the file system refused, or the stream ended early
     */
    public static Unpacked unpack(
            InputStream stream, BatchDescriptor descriptor, Workspace workspace, OldContent old, boolean inWhole)
            throws IOException {
        Unpacker unpacker = new Unpacker(workspace, old, inWhole);
        try (BatchReader reader = new BatchReader(stream, descriptor)) {
            boolean isLong = descriptor.payloadSize() > LONG_PAYLOAD;
            if (descriptor.manifestSize() <= MANIFEST_IN_MEMORY) {
                Manifest manifest = reader.readManifest();
                return unpacker.stage(reader, ChangeSource.of(manifest), () -> manifest, isLong);
            }
            try (OutputFile out = workspace.directory().create(Layout.MANIFEST, false)) {
                reader.copyManifest(new FileStream(out));
            }
            try (ManifestAhead ahead = new ManifestAhead(each -> unpacker.readManifest(reader, each))) {
                return unpacker.stage(reader, ahead, ahead::whole, isLong);
            }
        }
    }

    private interface Whole {
        Manifest manifest() throws IOException;
    }

    /** @param whole is asked for when {@code changes} has given all, or something else went wrong */
    private Unpacked stage(BatchReader reader, ChangeSource changes, Whole whole, boolean isLong) throws IOException {
        WholeDirectories directories = new WholeDirectories();
        int[] slot = {-1};
        ChangeSource counted = () -> {
            Change change = changes.next();
            slot[0]++;
            if (inWhole && change instanceof Change.Mkdir) {
                directories.add(slot[0], change.path());
            }
            return change;
        };
        try (Shelves shelves = new Shelves(workspace.stage(), directories);
                Shelver beside = new Shelver(shelves)) {
            PayloadSink sink = (put, bytes) -> {
                if (isLong && put.source() instanceof Source.Payload) {
                    beside.put(slot[0], put, bytes);
                } else {
                    beside.await();
                    shelves.put(slot[0], put, out -> write(put, bytes, out));
                }
            };
            try {
                reader.readPayload(counted, sink);
            } catch (ProtocolException e) {
                whole.manifest(); // What is wrong with that comes first.
                throw e;
            }
            beside.await();
            Manifest manifest = whole.manifest();
            List<Change> all = manifest.changes();
            for (int i = 0; i < all.size(); i++) {
                stageWithoutBytes(i, all.get(i), shelves);
            }
            directories.complete(all);
            return new Unpacked(manifest, directories);
        }
    }

    private Manifest readManifest(BatchReader reader, Consumer<Change> each) throws IOException {
        try (ManifestReader lines = ManifestReader.open(
                Channels.newInputStream(workspace.directory().read(Layout.MANIFEST)))) {
            Manifest manifest = Manifest.read(lines, each);
            reader.check(manifest);
            return manifest;
        } finally {
            workspace.directory().deleteFile(Layout.MANIFEST);
        }
    }

    private void stageWithoutBytes(int slot, Change change, Shelves shelves) throws IOException {
        if (change instanceof Change.Mkdir mkdir) {
            shelves.mkdir(mkdir);
        } else if (change instanceof Change.Symlink link) {
            shelves.link(slot, link);
        } else if (change instanceof Change.Put put && put.source() instanceof Source.Copy copy) {
            shelves.put(slot, put, out -> old.copy(copy.from(), put, out));
        }
    }

    private void write(Change.Put put, InputStream bytes, OutputFile out) throws IOException {
        if (put.source() instanceof Source.FromRecipe from) {
            old.build(from.recipe(), put, bytes, out);
            return;
        }
        for (int n = fill(bytes); n > 0; n = fill(bytes)) {
            out.write(ByteBuffer.wrap(buffer, 0, n));
        }
    }

    private int fill(InputStream bytes) throws IOException {
        return bytes.readNBytes(buffer, 0, buffer.length);
    }

    private static final class FileStream extends OutputStream {
        private final OutputFile file;

        FileStream(OutputFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            file.write(ByteBuffer.wrap(new byte[] {(byte) b}));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(ByteBuffer.wrap(bytes, offset, length));
        }
    }
}
