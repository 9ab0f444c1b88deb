package io.github.notesync.server.scan;

import io.github.notesync.protocol.ChunkList;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Keeps an index across restarts, in the state directory. A cache: a file that is missing, damaged or of another version
 * is no error, it only makes the next start read every file again. One thread at a time.
 */
public final class IndexFile {
    private static final String MAGIC = "notesync-index 2";
    static final int EXECUTABLE = 1;
    static final int RACY = 2;
    static final int SPELLED = 4;

    private IndexFile() {}

    /** What a file held. */
    public record Content(Index index, long sum) {}

    /** Replaces the file as a whole; returns its check sum. */
    public static long write(Path file, Index index, ChunkLists chunkLists) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        CRC32C sum = new CRC32C();
        long value;
        try (var checked = new CheckedOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(written), 1 << 16), sum);
                DataOutputStream out = new DataOutputStream(checked)) {
            text(out, MAGIC);
            out.writeInt(index.directories().size());
            for (Map.Entry<String, Map<String, Item>> each : index.directories().entrySet()) {
                text(out, each.getKey());
                out.writeInt(each.getValue().size());
                for (Map.Entry<String, Item> item : each.getValue().entrySet()) {
                    text(out, item.getKey());
                    write(out, item.getValue());
                }
            }
            for (Map.Entry<Digest, ChunkList> each : chunkLists.all().entrySet()) {
                byte[] chunks = each.getValue().encode();
                out.writeInt(chunks.length);
                write(out, each.getKey());
                out.write(chunks);
            }
            out.writeInt(0);
            out.flush();
            value = sum.getValue();
            out.writeLong(value);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return value;
    }

    private static void write(DataOutputStream out, Item item) throws IOException {
        Stat stat = item.stat();
        out.writeByte(stat.kind().code);
        out.writeByte((stat.executable() ? EXECUTABLE : 0)
                | (item.racy() ? RACY : 0)
                | (item.diskName() == null ? 0 : SPELLED));
        out.writeLong(stat.size());
        out.writeLong(stat.modified());
        out.writeLong(stat.changed());
        out.writeLong(stat.inode());
        if (item.diskName() != null) {
            text(out, item.diskName());
        }
        if (item.entry() instanceof Entry.File file) {
            write(out, file.digest());
        } else if (item.entry() instanceof Entry.Symlink link) {
            text(out, link.target());
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void write(DataOutputStream out, Digest digest) throws IOException {
        out.writeLong(digest.a());
        out.writeLong(digest.b());
        out.writeLong(digest.c());
        out.writeLong(digest.d());
    }

    /** The index that was written last, and its chunk lists; empty when there is none that can be used. */
    public static Optional<Content> read(Path file, ChunkLists chunkLists) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int body = bytes.length - Long.BYTES;
            CRC32C sum = new CRC32C();
            sum.update(bytes, 0, Math.max(body, 0));
            if (body <= 0 || ByteBuffer.wrap(bytes, body, Long.BYTES).getLong() != sum.getValue()) {
                return Optional.empty();
            }
            IndexBytes in = new IndexBytes(bytes, body);
            return in.text().equals(MAGIC)
                    ? Optional.of(new Content(in.index(chunkLists), sum.getValue()))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException | BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
