package io.github.notesync.server.scan;

import io.github.notesync.protocol.ChunkList;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
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
    private static final String MAGIC = "notesync-index 1";
    private static final int NO_NAME = 0;
    private static final int HAS_NAME = 1;

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
            out.writeUTF(MAGIC);
            for (Map<String, Item> items : index.directories().values()) {
                for (Item item : items.values()) {
                    write(out, item);
                }
            }
            out.writeUTF("");
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
        out.writeUTF(item.entry().path().value());
        if (item.diskName() == null) {
            out.writeByte(NO_NAME);
        } else {
            out.writeByte(HAS_NAME);
            out.writeUTF(item.diskName());
        }
        Stat stat = item.stat();
        out.writeLong(stat.size());
        out.writeLong(stat.modified());
        out.writeLong(stat.changed());
        out.writeLong(stat.inode());
        out.writeBoolean(stat.executable());
        out.writeBoolean(item.racy());
        out.writeByte(stat.kind().code);
        if (item.entry() instanceof Entry.File file) {
            write(out, file.digest());
        } else if (item.entry() instanceof Entry.Symlink link) {
            out.writeUTF(link.target());
        }
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
            return read(new DataInputStream(new ByteArrayInputStream(bytes, 0, body)), chunkLists)
                    .map(index -> new Content(index, sum.getValue()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Index> read(DataInputStream in, ChunkLists chunkLists) throws IOException {
        if (!in.readUTF().equals(MAGIC)) {
            return Optional.empty();
        }
        Index index = new Index();
        for (String path = in.readUTF(); !path.isEmpty(); path = in.readUTF()) {
            index.put(path, item(in, new RelativePath(path)));
        }
        for (int length = in.readInt(); length > 0; length = in.readInt()) {
            Digest digest = digest(in);
            chunkLists.put(digest, ChunkList.decode(in.readNBytes(length)));
        }
        return Optional.of(index);
    }

    private static Item item(DataInputStream in, RelativePath path) throws IOException {
        String diskName = in.readByte() == HAS_NAME ? in.readUTF() : null;
        long size = in.readLong();
        long modified = in.readLong();
        long changed = in.readLong();
        long inode = in.readLong();
        boolean executable = in.readBoolean();
        boolean racy = in.readBoolean();
        Stat.Kind kind = Stat.Kind.of(in.readByte());
        Entry entry = switch (kind) {
            case FILE -> new Entry.File(path, size, digest(in), executable);
            case DIRECTORY -> new Entry.Directory(path);
            default -> new Entry.Symlink(path, in.readUTF());
        };
        return new Item(entry, new Stat(kind, size, modified, changed, inode, executable), racy, diskName);
    }

    private static Digest digest(DataInputStream in) throws IOException {
        return new Digest(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
