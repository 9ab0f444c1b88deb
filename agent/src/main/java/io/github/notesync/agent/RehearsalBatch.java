package io.github.notesync.agent;

import io.github.notesync.agent.journal.Index;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Encoding;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ManifestHeader;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One batch of a {@link Rehearsal}, like a piece of a first sync: packages of modules, compressed. Written by hand
 * ({@code PROTOCOL.md} 2.5), because what a laptop writes batches with has no other use in the agent.
 */
final class RehearsalBatch {
    private static final int MODULES = 30;
    private static final int BLOCK = 512;

    private final BatchDescriptor descriptor;
    private final byte[] stream;

    private RehearsalBatch(@Nullable Cursor from, Cursor to, Manifest manifest, ByteArrayOutputStream tar)
            throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        manifest.writeTo(json);
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
            json.writeTo(gzip);
            tar.writeTo(gzip);
        }
        this.stream = gzipped.toByteArray();
        this.descriptor = new BatchDescriptor(
                Id.random(),
                from,
                to,
                Encoding.GZIP,
                json.size(),
                Digest.of(json.toByteArray()),
                tar.size(),
                (long) stream.length,
                manifest.changes().size());
    }

    BatchDescriptor descriptor() {
        return descriptor;
    }

    byte[] stream() {
        return stream;
    }

    /** A batch of so many packages that leads on from where a replica is. */
    static RehearsalBatch make(int packages, Index index) throws IOException {
        List<Change> changes = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        // Numbers of three digits, so that the tar is in the order of the manifest.
        for (int each = 0; each < packages; each++) {
            RelativePath directory = new RelativePath("package_" + packages + "_" + (100 + each));
            changes.add(new Change.Mkdir(directory, Expect.ABSENT));
            entries.add(new Entry.Directory(directory));
            for (int module = 0; module < MODULES; module++) {
                RelativePath path = directory.child("module_" + (100 + module) + ".py");
                byte[] content =
                        ("VALUE = " + path + "\n").repeat(1 + 5 * module).getBytes(StandardCharsets.US_ASCII);
                Entry.File file = new Entry.File(path, content.length, Digest.of(content), false);
                changes.add(new Change.Put(path, file.size(), file.digest(), false, Expect.ABSENT, Source.PAYLOAD));
                entries.add(file);
                tar.writeBytes(header(path.value(), content.length));
                tar.writeBytes(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
            }
        }
        tar.writeBytes(new byte[2 * BLOCK]);
        Cursor from = index.cursor();
        Cursor to = from == null ? new Cursor(Id.random(), 1) : from.next();
        ManifestHeader header = new ManifestHeader(
                "rehearsal", from, index.tree(), to, index.tree().withAll(entries), 0, null, 0, 0);
        return new RehearsalBatch(from, to, Manifest.of(header, changes), tar);
    }

    /** A ustar header: name, mode, owner, group, size, time, the check value with its own field as spaces, type. */
    private static byte[] header(String name, int size) {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, "0000000\0000000000\0000000000\000" + octal(size, 11) + "\00000000000000\000        0");
        put(block, 257, "ustar\00000");
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xFF;
        }
        put(block, 148, octal(sum, 6) + "\000 ");
        return block;
    }

    private static String octal(int number, int digits) {
        String text = Integer.toOctalString(number);
        return "0".repeat(digits - text.length()) + text;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
